/* TSGIImportScript: applications that are loaded when a child process starts. */

#include "mod_tsgi.h"

/* What TSGIImportScript leaves open is as the alias of the same script has it, so that the
 * requests of that alias find what was loaded. */
static mod_tsgi_target complete(const mod_tsgi_server_conf *conf, const mod_tsgi_target *import,
                                const char **mount)
{
    mod_tsgi_target target = *import;

    *mount = NULL;

    for (int i = 0; i < conf->aliases->nelts; i++) {
        const mod_tsgi_alias *alias = &APR_ARRAY_IDX(conf->aliases, i, mod_tsgi_alias);

        if (alias->target.variable || strcmp(alias->target.script, import->script) != 0) {
            continue;
        }

        if (target.callable == NULL) {
            target.callable = alias->target.callable;
        }

        if (target.interface == NULL) {
            target.interface = alias->target.interface;
        }

        if (target.group == NULL) {
            target.group = alias->target.group;
        }

        *mount = alias->target.mount == NULL ? alias->prefix : alias->target.mount;
        break;
    }

    return target;
}

void mod_tsgi_import_scripts(apr_pool_t *pool, server_rec *main_server)
{
    for (server_rec *s = main_server; s != NULL; s = s->next) {
        const apr_array_header_t *imports = mod_tsgi_conf_of_server(s)->imports;

        for (int i = 0; i < imports->nelts; i++) {
            const char *mount;
            const mod_tsgi_target target = complete(
                mod_tsgi_conf_of_server(s), &APR_ARRAY_IDX(imports, i, mod_tsgi_target), &mount);

            mod_tsgi_preload_app(pool, s, &target, mount);
        }
    }
}
