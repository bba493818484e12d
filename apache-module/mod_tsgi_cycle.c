/*
 * What is worth saying when a configuration takes effect: the memory that the isolates need,
 * and scripts that only the parent process can read.
 */

#include "mod_tsgi.h"

#include <limits.h>
#include <pwd.h>

#include <ap_mpm.h>
#include <apr_hash.h>
#include <http_main.h>
#include <unixd.h>

#include <host/reader.h>

/* Whom the children run as.  NULL: as the one who looks, or somebody who is not known, or in
 * another root. */
static const char *find_user(apr_pool_t *pool, tsgi_reader *reader)
{
    const unixd_config_rec *config = &ap_unixd_config;
    const char *name = config->user_name;

    if (geteuid() != 0 || config->chroot_dir != NULL) {
        return NULL;
    }

    if (name == NULL || name[0] == '#') {
        const struct passwd *entry = getpwuid(config->user_id);

        name = entry == NULL ? NULL : apr_pstrdup(pool, entry->pw_name);
    }

    if (name == NULL || !tsgi_reader_init(reader, name, config->user_id, config->group_id)) {
        return NULL;
    }

    return name;
}

static void tell_target(const server_rec *s, const char *directive, const mod_tsgi_target *target,
                        const tsgi_reader *reader, const char *user)
{
    char blocked[PATH_MAX];

    if (target->variable || tsgi_reader_may(reader, target->script, blocked, sizeof(blocked))) {
        return;
    }

    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, s,
                 MOD_TSGI_E_MODE "user \"%s\" may not read \"%s\", and so not the script of \"%s\" "
                                 "in %s:%d",
                 user, blocked, directive, target->file_name, target->line);
}

/* The aliases of the main server are there again behind each virtual host's own. */
static int is_own(const server_rec *main_server, const server_rec *s, int index)
{
    int inherited = s == main_server ? 0 : mod_tsgi_conf_of_server(main_server)->aliases->nelts;

    return index < mod_tsgi_conf_of_server(s)->aliases->nelts - inherited;
}

static void tell_unreadable(apr_pool_t *pool, const server_rec *main_server)
{
    tsgi_reader reader;
    const char *user = find_user(pool, &reader);

    if (user == NULL) {
        return;
    }

    for (const server_rec *s = main_server; s != NULL; s = s->next) {
        const mod_tsgi_server_conf *conf = mod_tsgi_conf_of_server(s);

        for (int i = 0; is_own(main_server, s, i); i++) {
            const mod_tsgi_alias *alias = &APR_ARRAY_IDX(conf->aliases, i, mod_tsgi_alias);

            tell_target(s, alias->prefix == NULL ? "TSGIScriptAliasMatch" : "TSGIScriptAlias",
                        &alias->target, &reader, user);
        }

        for (int i = 0; i < conf->imports->nelts; i++) {
            tell_target(s, "TSGIImportScript", &APR_ARRAY_IDX(conf->imports, i, mod_tsgi_target),
                        &reader, user);
        }
    }
}

/* Isolates of the groups that the configuration knows by name, each once. */
static int count_isolates(apr_pool_t *pool, const server_rec *main_server)
{
    apr_hash_t *groups = apr_hash_make(pool);
    int isolates = 0;

    for (const server_rec *s = main_server; s != NULL; s = s->next) {
        const mod_tsgi_server_conf *conf = mod_tsgi_conf_of_server(s);
        const mod_tsgi_dir_conf *level = mod_tsgi_conf_of_level(s);

        for (int i = 0; i < conf->aliases->nelts; i++) {
            const mod_tsgi_alias *alias = &APR_ARRAY_IDX(conf->aliases, i, mod_tsgi_alias);
            const mod_tsgi_target *target = &alias->target;

            if (target->variable || target->directory) {
                continue;
            }

            const char *name = mod_tsgi_name_group(
                pool, s, NULL, target->group == NULL ? level->group : target->group, target->script,
                alias->prefix);

            if (name != NULL && apr_hash_get(groups, name, APR_HASH_KEY_STRING) == NULL) {
                apr_hash_set(groups, name, APR_HASH_KEY_STRING, name);
                isolates += mod_tsgi_threads(level);
            }
        }
    }

    return isolates;
}

static void tell_memory(apr_pool_t *pool, server_rec *main_server)
{
    int isolates = count_isolates(pool, main_server);
    int processes = 1;

    if (isolates == 0) {
        return;
    }

    (void)ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &processes);

    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, main_server,
                 MOD_TSGI_E_MEMORY
                 "up to %d child process(es) with up to %d isolate(s) each, about "
                 "%d MB of memory before the applications' own",
                 processes, isolates, processes * isolates * TSGI_ISOLATE_MB);
}

/* All that "apachectl -t" comes to; a server that starts passes here too, twice. */
int mod_tsgi_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;

    mod_tsgi_part_servers(pconf, s);

    if (ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST) {
        tell_unreadable(ptemp, s);
    }

    return OK;
}

/* A server that starts reads its configuration twice; the first time is for show. */
int mod_tsgi_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;

    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return OK;
    }

    mod_tsgi_name_hosts(pconf, s);
    tell_unreadable(ptemp, s);
    tell_memory(ptemp, s);

    return OK;
}
