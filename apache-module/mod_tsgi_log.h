/*
 * Messages of this module, and the way of the runtime's records into the error log.
 *
 * Each message begins with a tag.  The table is the source of the Apache part of
 * docs/errors.md: tag, level, cause, cure.  Its numbers are those of nginx's part plus 2000.
 *
 *     configuration, in httpd's own manner with file and line
 *
 * TSGI4001 emerg   The value of a directive is not one it takes.  The message names the
 *                  directive, the value and what would be right.
 * TSGI4002 emerg   A script of "TSGIScriptAlias" or "TSGIImportScript", or a directory of
 *                  "TSGIModulePath", does not exist, is of the wrong kind or cannot be read.
 *                  Correct the path or its permissions.
 * TSGI4003 emerg   The name of a script does not end in .js, .mjs, .cjs, .ts or .mts.  Rename
 *                  it, or name the compiled file.
 * TSGI4005 warn    Two places name one application group and describe it differently; the
 *                  first to open it has its way.  Move "TSGIThreads", "TSGIModulePath" and
 *                  "TSGISetProcessEnv" to a level above both.
 * TSGI4006 warn    The user of the child processes may not read the script; requests will
 *                  fail.  Change its owner or its mode.
 * TSGI4007 notice  How many isolates a child process may start, and about how much memory
 *                  they need.
 *
 *     start of a child process; its applications answer 503 from then on
 *
 * TSGI4010 alert   libtsgi could not be loaded.  The message has the reason of the dynamic
 *                  linker; usually a file of the package or of libnode is missing or the
 *                  server's user may not read it.
 * TSGI4011 alert   libtsgi is of another version than this module.  Install both from one
 *                  release.
 * TSGI4012 alert   The runtime did not start.  The message has its reason.
 * TSGI4013 alert   No wake-up descriptor, thread or memory could be had for the runtime: 503.
 *                  Raise the limit of open files, or that of the user's threads.
 *
 *     end of a child process before its time
 *
 * TSGI4014 warn    Threads of applications are stuck for good (TSGI3132), so the child process
 *                  takes no more connections, finishes its requests and leaves after at most
 *                  30 s, and its parent starts another.  With "httpd -X", or "ListenCoresBucketsRatio", nothing
 *                  happens: restart httpd.
 *
 *     requests
 *
 * TSGI4020 error   One application group more than "TSGIMaxApplications" was asked for: 503.
 *                  Raise it, or share groups.
 * TSGI4021 error   An application could not be opened: 503.
 * TSGI4022 error   The request led to no script that can be served: 404, 403 or 500.  The
 *                  message has the path.
 * TSGI4023 error   The runtime takes no exchange: 503.
 * TSGI4024 error   The application began a response and did not complete it; the client was
 *                  shown a broken one.  The cause is in a message of the runtime with the
 *                  same request id.
 * TSGI4025 error   The body of a request could not be handed over: 500.
 * TSGI4026 error   A URI below a directory leads out of it by a symbolic link: 403.  Put the
 *                  file into the directory.
 * TSGI4027 crit    Memory is short: 500, or a broken response.
 * TSGI4028 error   A file of the application could not be given to httpd: 500, or a broken
 *                  response.  The message has the reason; usually too many files are open.
 * TSGI4029 error   The application did not begin its response within
 *                  "TSGIRequestTimeout": 504.  Look what it waits for; the isolate and its other
 *                  requests are not concerned.
 */

#ifndef MOD_TSGI_LOG_H
#define MOD_TSGI_LOG_H

#include <stdint.h>

#include <httpd.h>

#include <tsgi/api.h>

#define MOD_TSGI_E_VALUE "TSGI4001 "
#define MOD_TSGI_E_SCRIPT "TSGI4002 "
#define MOD_TSGI_E_ENDING "TSGI4003 "
#define MOD_TSGI_E_GROUP "TSGI4005 "
#define MOD_TSGI_E_MODE "TSGI4006 "
#define MOD_TSGI_E_MEMORY "TSGI4007 "

#define MOD_TSGI_E_LIBRARY "TSGI4010 "
#define MOD_TSGI_E_VERSION "TSGI4011 "
#define MOD_TSGI_E_RUNTIME "TSGI4012 "
#define MOD_TSGI_E_WAKE "TSGI4013 "
#define MOD_TSGI_E_RETIRE "TSGI4014 "

#define MOD_TSGI_E_GROUPS "TSGI4020 "
#define MOD_TSGI_E_OPEN "TSGI4021 "
#define MOD_TSGI_E_NO_SCRIPT "TSGI4022 "
#define MOD_TSGI_E_UNAVAILABLE "TSGI4023 "
#define MOD_TSGI_E_BROKEN "TSGI4024 "
#define MOD_TSGI_E_BODY "TSGI4025 "
#define MOD_TSGI_E_OUTSIDE "TSGI4026 "
#define MOD_TSGI_E_NO_MEMORY "TSGI4027 "
#define MOD_TSGI_E_FILE "TSGI4028 "
#define MOD_TSGI_E_TIMEOUT "TSGI4029 "

/* Of tsgi_host. */
void mod_tsgi_log(void *data, const tsgi_record *record);
void mod_tsgi_alarm(void *data, const char *text, uint32_t size);

/* Main thread of a child: where alarms go. */
void mod_tsgi_alarm_init(const server_rec *s);

#endif
