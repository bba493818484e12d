/* Configurations: made, merged, and what is in force of them. */

#include "mod_tsgi.h"

#include <host/value.h>

void *mod_tsgi_create_server_conf(apr_pool_t *pool, server_rec *s)
{
    mod_tsgi_server_conf *conf = apr_pcalloc(pool, sizeof(*conf));

    (void)s;

    conf->aliases = apr_array_make(pool, 4, sizeof(mod_tsgi_alias));
    conf->imports = apr_array_make(pool, 4, sizeof(mod_tsgi_target));
    conf->max_applications = MOD_TSGI_UNSET;
    conf->nice = MOD_TSGI_UNSET;
    conf->is_inline = MOD_TSGI_UNSET;

    return conf;
}

/* A virtual host serves the main server's aliases too; what the main server imports is loaded
 * once, in the group of the main server. */
void *mod_tsgi_merge_server_conf(apr_pool_t *pool, void *base, void *add)
{
    const mod_tsgi_server_conf *outer = base;
    const mod_tsgi_server_conf *inner = add;
    mod_tsgi_server_conf *conf = apr_pcalloc(pool, sizeof(*conf));

    conf->aliases = apr_array_append(pool, inner->aliases, outer->aliases);
    conf->imports = inner->imports;
    conf->node_options = outer->node_options;
    conf->max_applications = outer->max_applications;
    conf->nice = outer->nice;
    conf->is_inline = outer->is_inline;

    return conf;
}

void mod_tsgi_part_servers(apr_pool_t *pool, server_rec *main_server)
{
    mod_tsgi_server_conf *shared = mod_tsgi_conf_of_server(main_server);

    for (server_rec *s = main_server->next; s != NULL; s = s->next) {
        if (mod_tsgi_conf_of_server(s) == shared) {
            void *own = mod_tsgi_create_server_conf(pool, s);

            ap_set_module_config(s->module_config, &tsgi_module,
                                 mod_tsgi_merge_server_conf(pool, shared, own));
        }
    }
}

void *mod_tsgi_create_dir_conf(apr_pool_t *pool, char *dir)
{
    mod_tsgi_dir_conf *conf = apr_pcalloc(pool, sizeof(*conf));

    (void)dir;

    conf->threads = MOD_TSGI_UNSET;
    conf->request_timeout = MOD_TSGI_UNSET;
    conf->startup_timeout = MOD_TSGI_UNSET;
    conf->stall_timeout = MOD_TSGI_UNSET;
    conf->memory_limit = MOD_TSGI_UNSET;
    conf->queue_size = MOD_TSGI_UNSET;
    conf->queue_timeout = MOD_TSGI_UNSET;
    mod_tsgi_life_init(&conf->life);
    conf->buffer_size = MOD_TSGI_UNSET;
    conf->write_limit = MOD_TSGI_UNSET;
    conf->request_buffering = MOD_TSGI_UNSET;
    conf->pass_authorization = MOD_TSGI_UNSET;
    conf->error_override = MOD_TSGI_UNSET;
    conf->map_head_to_get = MOD_TSGI_UNSET;
    conf->sendfile = MOD_TSGI_UNSET;

    return conf;
}

#define INHERIT(field, unset) (conf->field = inner->field == (unset) ? outer->field : inner->field)

/* As with SetEnv, variables of all levels add up; the innermost comes last and so wins. */
static apr_array_header_t *merge_env(apr_pool_t *pool, apr_array_header_t *outer,
                                     apr_array_header_t *inner)
{
    if (outer == NULL || inner == NULL) {
        return inner == NULL ? outer : inner;
    }

    return apr_array_append(pool, outer, inner);
}

void *mod_tsgi_merge_dir_conf(apr_pool_t *pool, void *base, void *add)
{
    const mod_tsgi_dir_conf *outer = base;
    const mod_tsgi_dir_conf *inner = add;
    mod_tsgi_dir_conf *conf = apr_palloc(pool, sizeof(*conf));

    INHERIT(callable, NULL);
    INHERIT(interface, NULL);
    INHERIT(group, NULL);
    INHERIT(module_path, NULL);
    INHERIT(threads, MOD_TSGI_UNSET);
    INHERIT(request_timeout, MOD_TSGI_UNSET);
    INHERIT(startup_timeout, MOD_TSGI_UNSET);
    INHERIT(stall_timeout, MOD_TSGI_UNSET);
    INHERIT(memory_limit, MOD_TSGI_UNSET);
    INHERIT(queue_size, MOD_TSGI_UNSET);
    INHERIT(queue_timeout, MOD_TSGI_UNSET);
    INHERIT(buffer_size, MOD_TSGI_UNSET);
    INHERIT(write_limit, MOD_TSGI_UNSET);
    INHERIT(request_buffering, MOD_TSGI_UNSET);
    INHERIT(pass_authorization, MOD_TSGI_UNSET);
    INHERIT(error_override, MOD_TSGI_UNSET);
    INHERIT(map_head_to_get, MOD_TSGI_UNSET);
    INHERIT(sendfile, MOD_TSGI_UNSET);

    conf->life = mod_tsgi_life_merge(&outer->life, &inner->life);
    conf->env = merge_env(pool, outer->env, inner->env);

    return conf;
}

mod_tsgi_server_conf *mod_tsgi_conf_of_server(const server_rec *s)
{
    return ap_get_module_config(s->module_config, &tsgi_module);
}

mod_tsgi_dir_conf *mod_tsgi_conf_of_request(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &tsgi_module);
}

const mod_tsgi_dir_conf *mod_tsgi_conf_of_level(const server_rec *s)
{
    return ap_get_module_config(s->lookup_defaults, &tsgi_module);
}

int mod_tsgi_threads(const mod_tsgi_dir_conf *conf)
{
    return conf->threads == MOD_TSGI_UNSET ? (int)tsgi_value_threads.preset : conf->threads;
}

apr_interval_time_t mod_tsgi_request_timeout(const mod_tsgi_dir_conf *conf)
{
    return apr_time_from_msec(conf->request_timeout == MOD_TSGI_UNSET
                                  ? (apr_int64_t)tsgi_value_request_timeout.preset
                                  : conf->request_timeout);
}

uint32_t mod_tsgi_startup_timeout(const mod_tsgi_dir_conf *conf)
{
    return (uint32_t)(conf->startup_timeout == MOD_TSGI_UNSET
                          ? (apr_int64_t)tsgi_value_startup_timeout.preset
                          : conf->startup_timeout);
}

uint32_t mod_tsgi_stall_timeout(const mod_tsgi_dir_conf *conf)
{
    return (uint32_t)(conf->stall_timeout == MOD_TSGI_UNSET
                          ? (apr_int64_t)tsgi_value_stall_timeout.preset
                          : conf->stall_timeout);
}

uint64_t mod_tsgi_memory_limit(const mod_tsgi_dir_conf *conf)
{
    return conf->memory_limit == MOD_TSGI_UNSET ? tsgi_value_memory_limit.preset
                                                : (uint64_t)conf->memory_limit;
}

uint32_t mod_tsgi_queue_size(const mod_tsgi_dir_conf *conf)
{
    return (uint32_t)(conf->queue_size == MOD_TSGI_UNSET ? (int)tsgi_value_queue_size.preset
                                                         : conf->queue_size);
}

apr_interval_time_t mod_tsgi_queue_timeout(const mod_tsgi_dir_conf *conf)
{
    return apr_time_from_msec(conf->queue_timeout == MOD_TSGI_UNSET
                                  ? (apr_int64_t)tsgi_value_queue_timeout.preset
                                  : conf->queue_timeout);
}

uint32_t mod_tsgi_max_applications(const mod_tsgi_server_conf *conf)
{
    return (uint32_t)(conf->max_applications == MOD_TSGI_UNSET
                          ? (int)tsgi_value_max_applications.preset
                          : conf->max_applications);
}

uint32_t mod_tsgi_nice(const mod_tsgi_server_conf *conf)
{
    return (uint32_t)(conf->nice == MOD_TSGI_UNSET ? (int)tsgi_value_nice.preset : conf->nice);
}

uint32_t mod_tsgi_buffer_size(const mod_tsgi_dir_conf *conf)
{
    return (uint32_t)(conf->buffer_size == MOD_TSGI_UNSET ? (apr_off_t)tsgi_value_buffer_size.preset
                                                          : conf->buffer_size);
}

uint64_t mod_tsgi_write_limit(const mod_tsgi_dir_conf *conf)
{
    return conf->write_limit == MOD_TSGI_UNSET ? tsgi_value_write_limit.preset
                                               : (uint64_t)conf->write_limit;
}

int mod_tsgi_is_on(int value, int preset)
{
    return value == MOD_TSGI_UNSET ? preset : value;
}
