
/*
 * Messages of this module, and the way of the runtime's records into the
 * error log.
 *
 * Each message begins with a tag.  The table is the source of the nginx part
 * of docs/errors.md: tag, level, cause, cure.
 *
 *     configuration, in nginx's own manner with file and line
 *
 * TSGI2001 emerg   The value of a directive is not one it takes.  The message
 *                  names the directive, the value and what would be right.
 * TSGI2002 emerg   The script of "tsgi_pass" or a directory of
 *                  "tsgi_module_path" does not exist, is of the wrong kind or
 *                  cannot be read.  Correct the path or its permissions.
 * TSGI2003 emerg   The name of a script does not end in .js, .mjs, .cjs, .ts
 *                  or .mts.  Rename it, or name the compiled file.
 * TSGI2005 emerg   Two locations name one application group and describe it
 *                  differently.  Move "tsgi_threads", "tsgi_module_path" and
 *                  "tsgi_env" to a level above both.
 * TSGI2006 warn    The user of the worker processes may not read the script;
 *                  requests will fail.  Change its owner or its mode.
 * TSGI2007 notice  How many isolates a worker process starts, and about how
 *                  much memory they need.
 *
 *     start of a worker process; its locations answer 503 from then on
 *
 * TSGI2010 alert   libtsgi could not be loaded.  The message has the reason of
 *                  the dynamic linker; usually a file of the package or of
 *                  libnode is missing or the worker may not read it.
 * TSGI2011 alert   libtsgi is of another version than this module.  Install
 *                  both from one release.
 * TSGI2012 alert   The runtime did not start.  The message has its reason.
 * TSGI2013 alert   No wake-up descriptor, connection or memory could be had
 *                  for the runtime.  Raise "worker_connections" or the
 *                  limit of open files.
 *
 *     end of a worker process before its time
 *
 * TSGI2014 warn    Threads of applications are stuck for good (TSGI3132), so
 *                  the worker process shuts down gracefully and the master
 *                  process starts another; "worker_shutdown_timeout" bounds
 *                  it, or 30 s.  With "master_process off" nothing happens:
 *                  restart nginx.
 *
 *     requests
 *
 * TSGI2020 error   One application group more than "tsgi_max_applications"
 *                  was asked for: 503.  Raise it, or share groups.
 * TSGI2021 error   An application could not be opened: 503.
 * TSGI2022 error   "tsgi_pass" with variables led to no script that can be
 *                  served: 404, 403 or 500.  The message has the path.
 * TSGI2023 error   The runtime takes no exchange: 503.
 * TSGI2024 error   The application began a response and did not complete it;
 *                  the client was shown a broken one.  The cause is in a
 *                  message of the runtime with the same request id.
 * TSGI2025 error   The body of a request could not be handed over: 500.
 * TSGI2026 error   A URI below a directory leads out of it by a symbolic link:
 *                  403.  Put the file into the directory.
 * TSGI2027 crit    Memory is short: 500, or a broken response.
 * TSGI2028 error   The application did not begin its response within
 *                  "tsgi_request_timeout": 504.  Look what it waits for; the
 *                  isolate and its other requests are not concerned.
 */


#ifndef _NGX_HTTP_TSGI_LOG_H_INCLUDED_
#define _NGX_HTTP_TSGI_LOG_H_INCLUDED_


#define NGX_HTTP_TSGI_E_VALUE         "TSGI2001 "
#define NGX_HTTP_TSGI_E_SCRIPT        "TSGI2002 "
#define NGX_HTTP_TSGI_E_EXTENSION     "TSGI2003 "
#define NGX_HTTP_TSGI_E_GROUP         "TSGI2005 "
#define NGX_HTTP_TSGI_E_MODE          "TSGI2006 "
#define NGX_HTTP_TSGI_E_MEMORY        "TSGI2007 "

#define NGX_HTTP_TSGI_E_LIBRARY       "TSGI2010 "
#define NGX_HTTP_TSGI_E_VERSION       "TSGI2011 "
#define NGX_HTTP_TSGI_E_RUNTIME       "TSGI2012 "
#define NGX_HTTP_TSGI_E_WAKE          "TSGI2013 "
#define NGX_HTTP_TSGI_E_RETIRE        "TSGI2014 "

#define NGX_HTTP_TSGI_E_GROUPS        "TSGI2020 "
#define NGX_HTTP_TSGI_E_OPEN          "TSGI2021 "
#define NGX_HTTP_TSGI_E_VARIABLE      "TSGI2022 "
#define NGX_HTTP_TSGI_E_UNAVAILABLE   "TSGI2023 "
#define NGX_HTTP_TSGI_E_BROKEN        "TSGI2024 "
#define NGX_HTTP_TSGI_E_BODY          "TSGI2025 "
#define NGX_HTTP_TSGI_E_OUTSIDE       "TSGI2026 "
#define NGX_HTTP_TSGI_E_NO_MEMORY     "TSGI2027 "
#define NGX_HTTP_TSGI_E_TIMEOUT       "TSGI2028 "


/* of tsgi_host */
void ngx_http_tsgi_log(void *data, const tsgi_record *record);
void ngx_http_tsgi_alarm(void *data, const char *text, uint32_t size);


#endif /* _NGX_HTTP_TSGI_LOG_H_INCLUDED_ */
