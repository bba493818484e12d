/* The directives that name a script, and their options. */

#include "mod_tsgi.h"

#include <apr_lib.h>

#include <host/script.h>
#include <host/value.h>

const char *mod_tsgi_check_callable(cmd_parms *cmd, const char *value)
{
    const char *right = tsgi_value_check_callable(value, strlen(value));

    return right == NULL ? NULL : mod_tsgi_refuse(cmd, value, right);
}

const char *mod_tsgi_check_interface(cmd_parms *cmd, const char *value)
{
    const char *right = tsgi_value_check_interface(value, strlen(value));

    return right == NULL ? NULL : mod_tsgi_refuse(cmd, value, right);
}

const char *mod_tsgi_check_group(cmd_parms *cmd, const char *value)
{
    return mod_tsgi_is_group(value)
               ? NULL
               : mod_tsgi_refuse(cmd, value,
                                 "a name, \"%{GLOBAL}\", \"%{SERVER}\", \"%{RESOURCE}\" or "
                                 "\"%{ENV:name}\"");
}

static const char *check_mount(cmd_parms *cmd, const char *value)
{
    return *value == '\0' || (*value == '/' && ap_strchr_c(value, '$') == NULL)
               ? NULL
               : mod_tsgi_refuse(cmd, value, "empty or a literal path that begins with \"/\"");
}

static const struct {
    const char *name;
    size_t offset;
    const char *(*check)(cmd_parms *cmd, const char *value);
} options[] = {
    {"callable=", offsetof(mod_tsgi_target, callable), mod_tsgi_check_callable},
    {"interface=", offsetof(mod_tsgi_target, interface), mod_tsgi_check_interface},
    {"group=", offsetof(mod_tsgi_target, group), mod_tsgi_check_group},
    {"mount=", offsetof(mod_tsgi_target, mount), check_mount}, /* the last: not of an import */
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

static const char *set_option(cmd_parms *cmd, mod_tsgi_target *target, const char *text,
                              size_t known)
{
    for (size_t i = 0; i < known; i++) {
        size_t size = strlen(options[i].name);
        const char **field = (const char **)((char *)target + options[i].offset);

        if (strncmp(text, options[i].name, size) != 0) {
            continue;
        }

        if (*field != NULL) {
            return apr_psprintf(cmd->pool, MOD_TSGI_E_VALUE "duplicate option \"%s\" in \"%s\"",
                                text, cmd->cmd->name);
        }

        *field = text + size;

        return options[i].check(cmd, *field);
    }

    return mod_tsgi_refuse(cmd, text,
                           known == OPTIONS
                               ? "\"callable=\", \"interface=\", \"mount=\" or \"group=\""
                               : "\"callable=\", \"interface=\" or \"group=\"");
}

static const char *set_options(cmd_parms *cmd, mod_tsgi_target *target, int argc,
                               char *const argv[], size_t known)
{
    for (int i = 0; i < argc; i++) {
        const char *error = set_option(cmd, target, argv[i], known);

        if (error != NULL) {
            return error;
        }
    }

    return NULL;
}

/* Looks at a script whose name is known.  The children's user may see less than the parent:
 * mod_tsgi_cycle.c compares. */
static const char *check_script(cmd_parms *cmd, mod_tsgi_target *target)
{
    const char *directive = cmd->cmd->name;
    tsgi_script_fault fault = tsgi_script_check(target->script);
    apr_status_t error = errno;

    switch (fault) {
    case TSGI_SCRIPT_FILE:
        return NULL;

    case TSGI_SCRIPT_DIRECTORY:
        target->directory = 1;
        return NULL;

    case TSGI_SCRIPT_ENDING:
        return apr_psprintf(cmd->pool,
                            MOD_TSGI_E_ENDING "invalid script \"%s\" in \"%s\", its name must end "
                                              "in " TSGI_SCRIPT_ENDINGS,
                            target->script, directive);

    case TSGI_SCRIPT_KIND:
        return apr_psprintf(cmd->pool,
                            MOD_TSGI_E_SCRIPT "\"%s\" of \"%s\" is neither a file nor a directory",
                            target->script, directive);

    case TSGI_SCRIPT_ABSENT:
        return apr_psprintf(cmd->pool, MOD_TSGI_E_SCRIPT "cannot find \"%s\" of \"%s\": %pm",
                            target->script, directive, &error);

    case TSGI_SCRIPT_UNREADABLE:
        break;
    }

    return apr_psprintf(cmd->pool, MOD_TSGI_E_SCRIPT "cannot read \"%s\" of \"%s\": %pm",
                        target->script, directive, &error);
}

/* ap_pregsub() puts what a group of the pattern matched in the place of $0 to $9. */
static int has_variable(const char *script)
{
    const char *dollar = script;

    while ((dollar = ap_strchr_c(dollar, '$')) != NULL) {
        if (apr_isdigit(*++dollar)) {
            return 1;
        }
    }

    return 0;
}

static const char *set_script(cmd_parms *cmd, mod_tsgi_target *target, const char *script)
{
    char *path = *script == '\0' ? NULL : ap_server_root_relative(cmd->pool, script);

    if (path == NULL) {
        return mod_tsgi_refuse(cmd, script, "the path of a script");
    }

    for (size_t size = strlen(path); size > 1 && path[size - 1] == '/'; size--) {
        path[size - 1] = '\0';
    }

    target->script = path;
    target->file_name = cmd->directive->filename;
    target->line = cmd->directive->line_num;

    return target->variable ? NULL : check_script(cmd, target);
}

static const char *add_alias(cmd_parms *cmd, mod_tsgi_alias *alias, int argc, char *const argv[])
{
    const char *error = set_script(cmd, &alias->target, argv[1]);

    if (error == NULL) {
        error = set_options(cmd, &alias->target, argc - 2, argv + 2, OPTIONS);
    }

    if (error == NULL) {
        APR_ARRAY_PUSH(mod_tsgi_conf_of_server(cmd->server)->aliases, mod_tsgi_alias) = *alias;
    }

    return error;
}

const char *mod_tsgi_set_alias(cmd_parms *cmd, void *conf, int argc, char *const argv[])
{
    mod_tsgi_alias alias = {0};

    (void)conf;

    if (argc < 2) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " takes ", cmd->cmd->errmsg, NULL);
    }

    if (argv[0][0] != '/') {
        return mod_tsgi_refuse(cmd, argv[0], "a path that begins with \"/\"");
    }

    size_t size = strlen(argv[0]);

    while (size > 0 && argv[0][size - 1] == '/') {
        size--;
    }

    alias.prefix = apr_pstrmemdup(cmd->pool, argv[0], size);

    return add_alias(cmd, &alias, argc, argv);
}

const char *mod_tsgi_set_alias_match(cmd_parms *cmd, void *conf, int argc, char *const argv[])
{
    mod_tsgi_alias alias = {0};

    (void)conf;

    if (argc < 2) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " takes ", cmd->cmd->errmsg, NULL);
    }

    alias.pattern = ap_pregcomp(cmd->pool, argv[0], AP_REG_EXTENDED);

    if (alias.pattern == NULL) {
        return mod_tsgi_refuse(cmd, argv[0], "a regular expression");
    }

    alias.target.variable = has_variable(argv[1]);

    return add_alias(cmd, &alias, argc, argv);
}

const char *mod_tsgi_set_import(cmd_parms *cmd, void *conf, int argc, char *const argv[])
{
    mod_tsgi_target target = {0};

    (void)conf;

    if (argc < 1) {
        return apr_pstrcat(cmd->pool, cmd->cmd->name, " takes ", cmd->cmd->errmsg, NULL);
    }

    const char *error = set_script(cmd, &target, argv[0]);

    if (error == NULL && target.directory) {
        return apr_psprintf(cmd->pool,
                            MOD_TSGI_E_SCRIPT "\"%s\" of \"%s\" is a directory, it must be a "
                                              "script",
                            target.script, cmd->cmd->name);
    }

    if (error == NULL) {
        error = set_options(cmd, &target, argc - 1, argv + 1, OPTIONS - 1);
    }

    if (error == NULL) {
        APR_ARRAY_PUSH(mod_tsgi_conf_of_server(cmd->server)->imports, mod_tsgi_target) = target;
    }

    return error;
}
