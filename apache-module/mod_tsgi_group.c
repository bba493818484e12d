/*
 * Application groups: which isolates serve a script, and the process.env that they see.
 *
 * %{GLOBAL}, %{SERVER} and %{RESOURCE} name what mod_wsgi's do: server names go without the
 * ports of http and https, so that both virtual hosts of a site share a group.  Without a
 * directive they do not: what one virtual host sets is not seen in another.
 */

#include "mod_tsgi.h"

#include <apr_hash.h>

#include <host/environment.h>

#define GLOBAL "%{GLOBAL}"
#define SERVER "%{SERVER}"
#define RESOURCE "%{RESOURCE}"
#define ENV "%{ENV:"

/* "www.example.com:8080"; usual ports are left out where `terse`. */
static const char *name_server(apr_pool_t *pool, const server_rec *s, int terse)
{
    const char *name = s->server_hostname == NULL ? "" : s->server_hostname;

    apr_port_t port = s->port == 0 && s->addrs != NULL ? s->addrs->host_port : s->port;

    if (port == 0 || (terse && (port == 80 || port == 443))) {
        return name;
    }

    return apr_psprintf(pool, "%s:%u", name, (unsigned)port);
}

void mod_tsgi_name_hosts(apr_pool_t *pool, server_rec *main_server)
{
    apr_hash_t *counts = apr_hash_make(pool); /* of servers with that name, up to here */

    for (const server_rec *s = main_server; s != NULL; s = s->next) {
        const char *name = name_server(pool, s, 0);
        int *count = apr_hash_get(counts, name, APR_HASH_KEY_STRING);

        if (count == NULL) {
            count = apr_pcalloc(pool, sizeof(*count));
            apr_hash_set(counts, name, APR_HASH_KEY_STRING, count);
        }

        mod_tsgi_conf_of_server(s)->host =
            ++*count == 1 ? name : apr_psprintf(pool, "%s#%d", name, *count);
    }
}

int mod_tsgi_is_group(const char *wanted)
{
    size_t size = strlen(wanted);

    if (strstr(wanted, "%{") == NULL) {
        return size > 0;
    }

    return strcmp(wanted, GLOBAL) == 0 || strcmp(wanted, SERVER) == 0 ||
           strcmp(wanted, RESOURCE) == 0 ||
           (strncmp(wanted, ENV, strlen(ENV)) == 0 &&
            ap_strchr_c(wanted, '}') == wanted + size - 1 && size > strlen(ENV "}"));
}

/* Set by SetEnv and the like, else httpd's own; NULL: by nobody. */
static const char *look_up(request_rec *r, const char *wanted)
{
    const char *start = wanted + strlen(ENV);
    const char *name = apr_pstrmemdup(r->pool, start, strlen(start) - 1);
    const char *value = apr_table_get(r->subprocess_env, name);

    if (value == NULL) {
        value = apr_table_get(r->notes, name);
    }

    if (value == NULL) {
        value = getenv(name);
    }

    return value;
}

const char *mod_tsgi_name_group(apr_pool_t *pool, const server_rec *s, request_rec *r,
                                const char *wanted, const char *script, const char *mount)
{
    if (wanted != NULL && strncmp(wanted, ENV, strlen(ENV)) == 0) {
        if (r == NULL) {
            return NULL;
        }

        /* One level, so that no variable can name itself. */
        wanted = look_up(r, wanted);

        if (wanted != NULL &&
            (!mod_tsgi_is_group(wanted) || strncmp(wanted, ENV, strlen(ENV)) == 0)) {
            wanted = NULL;
        }
    }

    if (wanted == NULL) {
        return apr_pstrcat(pool, mod_tsgi_conf_of_server(s)->host, "|", script, NULL);
    }

    if (strcmp(wanted, SERVER) == 0) {
        return name_server(pool, s, 1);
    }

    if (strcmp(wanted, RESOURCE) == 0) {
        return mount == NULL ? NULL : apr_pstrcat(pool, name_server(pool, s, 1), "|", mount, NULL);
    }

    return wanted;
}

apr_array_header_t *mod_tsgi_environment(apr_pool_t *pool, const mod_tsgi_dir_conf *conf)
{
    int own = conf->env == NULL ? 0 : conf->env->nelts;
    apr_array_header_t *variables =
        apr_array_make(pool, TSGI_ENVIRONMENT_USUAL + own, sizeof(tsgi_variable));
    tsgi_variable *first = (tsgi_variable *)variables->elts;
    size_t count = 0;

    for (int i = 0; i < TSGI_ENVIRONMENT_USUAL; i++) {
        const char *value = getenv(tsgi_environment_usual[i]);

        if (value != NULL) {
            tsgi_environment_set(first, &count, tsgi_environment_usual[i], value);
        }
    }

    for (int i = 0; i < own; i++) {
        const mod_tsgi_env *env = &APR_ARRAY_IDX(conf->env, i, mod_tsgi_env);

        if (env->value != NULL) {
            tsgi_environment_set(first, &count, env->name, env->value);
        }
    }

    variables->nelts = (int)count;

    return variables;
}
