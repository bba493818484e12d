/*
 * Messages of this module, and the way of the runtime's records into the error log.
 *
 * Each message begins with a tag.  The table is the source of the Apache part of
 * docs/errors.md: tag, level, cause, cure.  Its numbers are those of nginx's part plus 1000.
 *
 *     configuration, in httpd's own manner with file and line
 *
 * TSGI3001 emerg   The value of a directive is not one it takes.  The message names the
 *                  directive, the value and what would be right.
 * TSGI3002 emerg   A script of "TSGIScriptAlias" or "TSGIImportScript", or a directory of
 *                  "TSGIModulePath", does not exist, is of the wrong kind or cannot be read.
 *                  Correct the path or its permissions.
 * TSGI3003 emerg   The name of a script does not end in .js, .mjs, .cjs, .ts or .mts.  Rename
 *                  it, or name the compiled file.
 * TSGI3004 emerg   This version cannot call the interface.  Use "auto" or "tsgi".
 * TSGI3005 warn    Two places name one application group and describe it differently; the
 *                  first to open it has its way.  Move "TSGIThreads", "TSGIModulePath" and
 *                  "TSGISetProcessEnv" to a level above both.
 * TSGI3006 warn    The user of the child processes may not read the script; requests will
 *                  fail.  Change its owner or its mode.
 * TSGI3007 notice  How many isolates a child process may start, and about how much memory
 *                  they need.
 *
 *     start of a child process; its applications answer 503 from then on
 *
 * TSGI3010 alert   libtsgi could not be loaded.  The message has the reason of the dynamic
 *                  linker; usually a file of the package or of libnode is missing or the
 *                  server's user may not read it.
 * TSGI3011 alert   libtsgi is of another version than this module.  Install both from one
 *                  release.
 * TSGI3012 alert   The runtime did not start.  The message has its reason.
 * TSGI3013 alert   No wake-up descriptor, thread or memory could be had for the runtime: 503.
 *                  Raise the limit of open files, or that of the user's threads.
 *
 *     requests
 *
 * TSGI3020 error   One application group more than "TSGIMaxApplications" was asked for: 503.
 *                  Raise it, or share groups.
 * TSGI3021 error   An application could not be opened: 503.
 * TSGI3022 error   The request led to no script that can be served: 404, 403 or 500.  The
 *                  message has the path.
 * TSGI3023 error   The runtime takes no exchange: 503.
 * TSGI3024 error   The application began a response and did not complete it; the client was
 *                  shown a broken one.  The cause is in a message of the runtime with the
 *                  same request id.
 * TSGI3025 error   The body of a request could not be handed over: 500.
 * TSGI3026 error   A URI below a directory leads out of it by a symbolic link: 403.  Put the
 *                  file into the directory.
 * TSGI3027 crit    Memory is short: 500, or a broken response.
 */

#ifndef MOD_TSGI_LOG_H
#define MOD_TSGI_LOG_H

#include <stdint.h>

#include <tsgi/api.h>

#define MOD_TSGI_E_VALUE "TSGI3001 "
#define MOD_TSGI_E_SCRIPT "TSGI3002 "
#define MOD_TSGI_E_ENDING "TSGI3003 "
#define MOD_TSGI_E_INTERFACE "TSGI3004 "
#define MOD_TSGI_E_GROUP "TSGI3005 "
#define MOD_TSGI_E_MODE "TSGI3006 "
#define MOD_TSGI_E_MEMORY "TSGI3007 "

#define MOD_TSGI_E_LIBRARY "TSGI3010 "
#define MOD_TSGI_E_VERSION "TSGI3011 "
#define MOD_TSGI_E_RUNTIME "TSGI3012 "
#define MOD_TSGI_E_WAKE "TSGI3013 "

#define MOD_TSGI_E_GROUPS "TSGI3020 "
#define MOD_TSGI_E_OPEN "TSGI3021 "
#define MOD_TSGI_E_NO_SCRIPT "TSGI3022 "
#define MOD_TSGI_E_UNAVAILABLE "TSGI3023 "
#define MOD_TSGI_E_BROKEN "TSGI3024 "
#define MOD_TSGI_E_BODY "TSGI3025 "
#define MOD_TSGI_E_OUTSIDE "TSGI3026 "
#define MOD_TSGI_E_NO_MEMORY "TSGI3027 "

/* Of tsgi_host. */
void mod_tsgi_log(void *data, const tsgi_record *record);
void mod_tsgi_alarm(void *data, const char *text, uint32_t size);

#endif
