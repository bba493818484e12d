/*
 * What the administrator may write.
 *
 * Where each may stand follows mod_wsgi: in .htaccess, by "AllowOverride FileInfo", what an
 * author may decide for pages of his own; what starts isolates, takes memory or reaches into
 * process.env is left to the one who has the server's configuration.  A value is checked while
 * httpd knows file and line, which it puts before the message.
 */

#include "mod_tsgi.h"

#include <apr_lib.h>

#include <host/environment.h>
#include <host/script.h>
#include <host/value.h>

const char *mod_tsgi_refuse(cmd_parms *cmd, const char *value, const char *right)
{
    return apr_psprintf(cmd->pool, MOD_TSGI_E_VALUE "invalid value \"%s\" in \"%s\", it must be %s",
                        value, cmd->cmd->name, right);
}

/* A field of a mod_tsgi_dir_conf, or of a mod_tsgi_server_conf, and what it takes. */
typedef struct {
    size_t offset;
    const tsgi_value_range *range;
} slot;

static slot threads_slot = {offsetof(mod_tsgi_dir_conf, threads), &tsgi_value_threads};
static slot applications_slot = {offsetof(mod_tsgi_server_conf, max_applications),
                                 &tsgi_value_max_applications};
static slot nice_slot = {offsetof(mod_tsgi_server_conf, nice), &tsgi_value_nice};
static slot request_slot = {offsetof(mod_tsgi_dir_conf, request_timeout),
                            &tsgi_value_request_timeout};
static slot startup_slot = {offsetof(mod_tsgi_dir_conf, startup_timeout),
                            &tsgi_value_startup_timeout};
static slot stall_slot = {offsetof(mod_tsgi_dir_conf, stall_timeout), &tsgi_value_stall_timeout};
static slot memory_slot = {offsetof(mod_tsgi_dir_conf, memory_limit), &tsgi_value_memory_limit};
static slot queue_size_slot = {offsetof(mod_tsgi_dir_conf, queue_size), &tsgi_value_queue_size};
static slot queue_slot = {offsetof(mod_tsgi_dir_conf, queue_timeout), &tsgi_value_queue_timeout};
static slot graceful_slot = {offsetof(mod_tsgi_dir_conf, life.graceful_timeout),
                             &tsgi_value_graceful_timeout};
static slot age_slot = {offsetof(mod_tsgi_dir_conf, life.max_age), &tsgi_value_max_age};
static slot idle_slot = {offsetof(mod_tsgi_dir_conf, life.idle_timeout), &tsgi_value_idle_timeout};
static slot buffer_slot = {offsetof(mod_tsgi_dir_conf, buffer_size), &tsgi_value_buffer_size};
static slot write_slot = {offsetof(mod_tsgi_dir_conf, write_limit), &tsgi_value_write_limit};

/* Digits and, in a size, one of k, m and g behind them.  False: not so, or out of range. */
static int parse(const char *text, int is_size, const tsgi_value_range *range, apr_int64_t *number)
{
    char *end;
    int shift = 0;

    if (tsgi_value_is_off(range, text, strlen(text))) {
        *number = 0;
        return 1;
    }

    if (!apr_isdigit(text[0])) {
        return 0;
    }

    errno = 0;
    *number = apr_strtoi64(text, &end, 10);

    if (errno != 0) {
        return 0;
    }

    if (is_size && *end != '\0') {
        switch (apr_tolower(*end++)) {
        case 'k':
            shift = 10;
            break;
        case 'm':
            shift = 20;
            break;
        case 'g':
            shift = 30;
            break;
        default:
            return 0;
        }
    }

    if (*end != '\0' || (uint64_t)*number > range->high >> shift) {
        return 0;
    }

    *number <<= shift;

    return tsgi_value_is_in(range, (uint64_t)*number);
}

static const char *set_number(cmd_parms *cmd, void *conf, const char *value)
{
    const slot *slot = cmd->info;
    apr_int64_t number;

    if (!parse(value, 0, slot->range, &number)) {
        return mod_tsgi_refuse(cmd, value, slot->range->text);
    }

    *(int *)((char *)conf + slot->offset) = (int)number;

    return NULL;
}

static const char *set_size(cmd_parms *cmd, void *conf, const char *value)
{
    const slot *slot = cmd->info;
    apr_int64_t size;

    if (!parse(value, 1, slot->range, &size)) {
        return mod_tsgi_refuse(cmd, value, slot->range->text);
    }

    *(apr_off_t *)((char *)conf + slot->offset) = size;

    return NULL;
}

/* As Timeout: seconds, or a unit. */
static const char *set_time(cmd_parms *cmd, void *conf, const char *value)
{
    const slot *slot = cmd->info;
    apr_interval_time_t time;

    if (tsgi_value_is_off(slot->range, value, strlen(value))) {
        value = "0";
    }

    if (!apr_isdigit(value[0]) || ap_timeout_parameter_parse(value, &time, "s") != APR_SUCCESS ||
        time < 0 || time % 1000 != 0 ||
        !tsgi_value_is_in(slot->range, (uint64_t)apr_time_as_msec(time))) {
        return mod_tsgi_refuse(cmd, value, slot->range->text);
    }

    *(apr_int64_t *)((char *)conf + slot->offset) = apr_time_as_msec(time);

    return NULL;
}

/* What is one for the whole process. */
static const char *set_server_number(cmd_parms *cmd, void *conf, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)conf;

    return error != NULL ? error : set_number(cmd, mod_tsgi_conf_of_server(cmd->server), value);
}

static const char *set_inline(cmd_parms *cmd, void *dir_conf, int on)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)dir_conf;

    if (error == NULL) {
        mod_tsgi_conf_of_server(cmd->server)->is_inline = on;
    }

    return error;
}

static const char *add_node_option(cmd_parms *cmd, void *dir_conf, const char *option)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    mod_tsgi_server_conf *conf = mod_tsgi_conf_of_server(cmd->server);

    (void)dir_conf;

    if (error != NULL) {
        return error;
    }

    if (option[0] != '-' || option[1] == '\0') {
        return mod_tsgi_refuse(cmd, option, "an option that begins with \"-\"");
    }

    if (conf->node_options == NULL) {
        conf->node_options = apr_array_make(cmd->pool, 4, sizeof(const char *));
    }

    APR_ARRAY_PUSH(conf->node_options, const char *) = option;

    return NULL;
}

static const char *set_callable(cmd_parms *cmd, void *conf, const char *value)
{
    ((mod_tsgi_dir_conf *)conf)->callable = value;

    return mod_tsgi_check_callable(cmd, value);
}

static const char *set_interface(cmd_parms *cmd, void *conf, const char *value)
{
    ((mod_tsgi_dir_conf *)conf)->interface = value;

    return mod_tsgi_check_interface(cmd, value);
}

static const char *set_group(cmd_parms *cmd, void *conf, const char *value)
{
    ((mod_tsgi_dir_conf *)conf)->group = value;

    return mod_tsgi_check_group(cmd, value);
}

/* NAME alone passes on what httpd itself was started with. */
static const char *add_env(cmd_parms *cmd, void *dir_conf, const char *name, const char *value)
{
    mod_tsgi_dir_conf *conf = dir_conf;

    if (!tsgi_environment_is_name(name, strlen(name))) {
        return mod_tsgi_refuse(cmd, name, "a name of letters, digits and \"_\"");
    }

    if (value == NULL) {
        value = getenv(name);
    }

    if (conf->env == NULL) {
        conf->env = apr_array_make(cmd->pool, 4, sizeof(mod_tsgi_env));
    }

    mod_tsgi_env *env = apr_array_push(conf->env);

    env->name = name;
    env->value = value == NULL ? NULL : apr_pstrdup(cmd->pool, value);

    return NULL;
}

/* One of the directories between the colons. */
static const char *add_directory(cmd_parms *cmd, mod_tsgi_dir_conf *conf, const char *path)
{
    const char *whole = *path == '\0' ? NULL : ap_server_root_relative(cmd->pool, path);

    if (whole == NULL) {
        return mod_tsgi_refuse(cmd, path, "directories with \":\" between them");
    }

    if (tsgi_script_check(whole) != TSGI_SCRIPT_DIRECTORY) {
        return apr_psprintf(cmd->pool,
                            MOD_TSGI_E_SCRIPT "\"%s\" of \"%s\" is not a directory, or not one "
                                              "that can be read",
                            whole, cmd->cmd->name);
    }

    conf->module_path = conf->module_path == NULL
                            ? whole
                            : apr_pstrcat(cmd->pool, conf->module_path, ":", whole, NULL);

    return NULL;
}

static const char *set_module_path(cmd_parms *cmd, void *dir_conf, int argc, char *const argv[])
{
    mod_tsgi_dir_conf *conf = dir_conf;

    if (argc == 0) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " takes ", cmd->cmd->errmsg, NULL);
    }

    conf->module_path = NULL;

    for (int i = 0; i < argc; i++) {
        const char *path = argv[i];
        const char *colon;

        do {
            colon = ap_strchr_c(path, ':');

            const char *error = add_directory(
                cmd, conf,
                colon == NULL ? path : apr_pstrmemdup(cmd->pool, path, (apr_size_t)(colon - path)));

            if (error != NULL) {
                return error;
            }

            path = colon + 1;
        } while (colon != NULL);
    }

    return NULL;
}

#define FLAG(name, field, where, help)                                                          \
    AP_INIT_FLAG(name, ap_set_flag_slot, (void *)APR_OFFSETOF(mod_tsgi_dir_conf, field), where, \
                 help)

const command_rec mod_tsgi_commands[] = {
    AP_INIT_TAKE_ARGV("TSGIScriptAlias", mod_tsgi_set_alias, NULL, RSRC_CONF,
                      "a URL path, a script or a directory of scripts, and options"),
    AP_INIT_TAKE_ARGV("TSGIScriptAliasMatch", mod_tsgi_set_alias_match, NULL, RSRC_CONF,
                      "a regular expression, a script or a directory of scripts, and options"),
    AP_INIT_TAKE_ARGV("TSGIImportScript", mod_tsgi_set_import, NULL, RSRC_CONF,
                      "a script to load when a child process starts, and options"),
    AP_INIT_TAKE1("TSGICallableObject", set_callable, NULL, OR_FILEINFO, "the export to call"),
    AP_INIT_TAKE1("TSGIInterface", set_interface, NULL, OR_FILEINFO,
                  "\"auto\", \"tsgi\", \"fetch\", \"node\" or \"listen\""),
    AP_INIT_TAKE_ARGV("TSGIModulePath", set_module_path, NULL, RSRC_CONF | ACCESS_CONF,
                      "directories in which modules are looked for"),
    AP_INIT_TAKE1("TSGIApplicationGroup", set_group, NULL, RSRC_CONF | ACCESS_CONF,
                  "the application group in which scripts run"),
    AP_INIT_TAKE1("TSGIThreads", set_number, &threads_slot, RSRC_CONF | ACCESS_CONF,
                  "isolates of a group in each child process"),
    AP_INIT_TAKE1("TSGIRequestTimeout", set_time, &request_slot, RSRC_CONF | ACCESS_CONF,
                  "how long an application may take to begin its response"),
    AP_INIT_TAKE1("TSGIStartupTimeout", set_time, &startup_slot, RSRC_CONF | ACCESS_CONF,
                  "how long an application may take until it can be called"),
    AP_INIT_TAKE1("TSGIStallTimeout", set_time, &stall_slot, RSRC_CONF | ACCESS_CONF,
                  "how long an application's thread may be away from its event loop"),
    AP_INIT_TAKE1("TSGIMemoryLimit", set_size, &memory_slot, RSRC_CONF | ACCESS_CONF,
                  "bytes that an isolate may take"),
    AP_INIT_TAKE1("TSGIQueueSize", set_number, &queue_size_slot, RSRC_CONF | ACCESS_CONF,
                  "requests of a group that may wait for its application"),
    AP_INIT_TAKE1("TSGIQueueTimeout", set_time, &queue_slot, RSRC_CONF | ACCESS_CONF,
                  "how long a request may wait for its application"),
    FLAG("TSGIScriptReloading", life.reload, RSRC_CONF | ACCESS_CONF,
         "Off: files that change are not looked at"),
    AP_INIT_TAKE1("TSGIGracefulTimeout", set_time, &graceful_slot, RSRC_CONF | ACCESS_CONF,
                  "how long an isolate may end what it has begun when another takes its place"),
    AP_INIT_TAKE1("TSGIWarmup", mod_tsgi_set_warmup, NULL, RSRC_CONF | ACCESS_CONF,
                  "a URI that is asked for in a new isolate before it takes over"),
    AP_INIT_TAKE12("TSGIMaximumRequests", mod_tsgi_set_max_requests, NULL, RSRC_CONF | ACCESS_CONF,
                   "requests that an isolate serves, and as many more at most, by chance"),
    AP_INIT_TAKE1("TSGIMaximumAge", set_time, &age_slot, RSRC_CONF | ACCESS_CONF,
                  "how long an isolate serves"),
    AP_INIT_TAKE1("TSGIIdleTimeout", set_time, &idle_slot, RSRC_CONF | ACCESS_CONF,
                  "without a request for how long there is no isolate"),
    AP_INIT_TAKE1("TSGIMaxApplications", set_server_number, &applications_slot, RSRC_CONF,
                  "application groups in each child process"),
    AP_INIT_TAKE1("TSGINice", set_server_number, &nice_slot, RSRC_CONF,
                  "by how much threads that run JavaScript are nicer than httpd's"),
    AP_INIT_FLAG("TSGIInline", set_inline, NULL, RSRC_CONF,
                 "Off: no application is called on a thread of httpd"),
    AP_INIT_TAKE12("TSGISetProcessEnv", add_env, NULL, RSRC_CONF | ACCESS_CONF,
                   "a variable of process.env and its value; without one, httpd's own"),
    AP_INIT_ITERATE("TSGINodeOptions", add_node_option, NULL, RSRC_CONF,
                    "options of V8 and Node.js, for the whole of a process"),
    AP_INIT_TAKE1("TSGIBufferSize", set_size, &buffer_slot, RSRC_CONF | ACCESS_CONF,
                  "bytes that a request may hold in each direction"),
    AP_INIT_TAKE1("TSGIWriteLimit", set_size, &write_slot, RSRC_CONF | ACCESS_CONF,
                  "bytes that an application may write without waiting"),
    FLAG("TSGIRequestBuffering", request_buffering, OR_FILEINFO,
         "On: request bodies are read before the application is called"),
    FLAG("TSGIPassAuthorization", pass_authorization, OR_AUTHCFG | RSRC_CONF,
         "Off: the application does not see the Authorization header"),
    FLAG("TSGIErrorOverride", error_override, OR_FILEINFO,
         "On: httpd's own error pages replace those of the application"),
    FLAG("TSGIMapHEADToGET", map_head_to_get, OR_FILEINFO,
         "On: the application sees GET where the client sent HEAD"),
    FLAG("TSGIEnableSendfile", sendfile, OR_FILEINFO,
         "Off: files are read and sent by the application's runtime"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL},
};
