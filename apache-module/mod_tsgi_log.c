/* Records of the runtime on their way to the right error log. */

#include "mod_tsgi.h"

#include <unistd.h>

#include <apr_portable.h>
#include <http_main.h>

#define MOD_TSGI_ID_SHOWN 64 /* bytes; UNIQUE_ID and %L have fewer */

static int alarm_fd = STDERR_FILENO;

/* Both follow syslog(3); what is not known is worth being read. */
static int level_of(const tsgi_record *record)
{
    return record->level >= APLOG_ALERT && record->level <= APLOG_DEBUG ? record->level : APLOG_ERR;
}

/*
 * A record of a live request is written with its client, by the log levels of its directory.  The
 * others go to the error log of the server where the application was first opened.
 */
void mod_tsgi_log(void *data, const tsgi_record *record)
{
    const mod_tsgi_ctx *ctx = record->request;
    const server_rec *s = record->log_target != NULL ? record->log_target : ap_server_conf;
    const tsgi_bytes text = record->text;
    const tsgi_bytes id = record->request_id;
    char tag[sizeof("TSGI65535 ")] = "";
    char suffix[sizeof(", request id: ") + MOD_TSGI_ID_SHOWN] = "";

    (void)data;

    if (record->tag != 0) {
        apr_snprintf(tag, sizeof(tag), "TSGI%04u ", record->tag);
    }

    if (id.size > 0) {
        apr_snprintf(suffix, sizeof(suffix), ", request id: %.*s", (int)id.size, id.data);
    }

    if (ctx != NULL) {
        ap_log_rerror(APLOG_MARK, level_of(record), 0, ctx->request, "%s%.*s%s", tag,
                      (int)text.size, text.data, suffix);
    } else {
        ap_log_error(APLOG_MARK, level_of(record), 0, s, "%s%.*s%s", tag, (int)text.size, text.data,
                     suffix);
    }
}

void mod_tsgi_alarm_init(const server_rec *s)
{
    if (s->error_log != NULL) {
        apr_os_file_get(&alarm_fd, s->error_log);
    }
}

/* On any thread, at any time: nothing but a write. */
void mod_tsgi_alarm(void *data, const char *text, uint32_t size)
{
    ssize_t written = write(alarm_fd, text, size);

    (void)data;
    (void)written;
}
