/*
 * The configuration: what the directives say, how levels are merged, and what follows from it for
 * a request.  Made in the pool of a configuration (of the request, for .htaccess) and read by every
 * thread; nobody writes to it behind post_config.
 */

#ifndef MOD_TSGI_CONFIG_H
#define MOD_TSGI_CONFIG_H

#include <stdint.h>

#include <httpd.h>

#include <http_config.h>

#include <tsgi/api.h>

/* What TSGIScriptAlias and TSGIImportScript say of a script; a text not given is NULL. */
typedef struct {
    const char *script; /* absolute */
    const char *callable;
    const char *interface;
    const char *mount;
    const char *group;     /* as it was written, %{...} not yet expanded */
    const char *file_name; /* where, for messages */
    int line;
    unsigned directory : 1; /* the script is a directory of scripts */
    unsigned variable : 1;  /* the script has $1 of TSGIScriptAliasMatch; known at a request */
} mod_tsgi_target;

typedef struct {
    const char *prefix; /* URI, without its trailing slash; NULL: `pattern` */
    ap_regex_t *pattern;
    mod_tsgi_target target;
} mod_tsgi_alias;

typedef struct {
    apr_array_header_t *aliases; /* mod_tsgi_alias, of the inner server first */
    apr_array_header_t *imports; /* mod_tsgi_target: TSGIImportScript */
    const char *host;            /* names the virtual host in groups; made in post_config */

    /* Of the main server alone. */
    apr_array_header_t *node_options; /* const char *, without the NULL */
    int max_applications;             /* MOD_TSGI_UNSET */
    int nice;                         /* MOD_TSGI_UNSET */
    int is_inline;                    /* MOD_TSGI_UNSET */
} mod_tsgi_server_conf;

#define MOD_TSGI_UNSET (-1)

/* When another isolate takes the place of one; times in milliseconds. */
typedef struct {
    int reload;
    apr_int64_t graceful_timeout;
    apr_int64_t max_requests;
    apr_int64_t max_requests_jitter;
    apr_int64_t max_age;
    apr_int64_t idle_timeout;
    const char *warmup;
} mod_tsgi_life;

/* Server, virtual host, directory, .htaccess: whatever is MOD_TSGI_UNSET or NULL is inherited.
 * The accessors below give what is in force. */
typedef struct {
    const char *callable;
    const char *interface;
    const char *group;
    const char *module_path; /* ':'-separated */
    apr_array_header_t *env; /* mod_tsgi_env, all of the levels, the innermost last */
    int threads;
    apr_int64_t request_timeout; /* milliseconds */
    apr_int64_t startup_timeout; /* milliseconds */
    apr_int64_t stall_timeout;   /* milliseconds */
    apr_off_t memory_limit;
    int queue_size;
    apr_int64_t queue_timeout; /* milliseconds */
    mod_tsgi_life life;
    apr_off_t buffer_size;
    apr_off_t write_limit;
    int request_buffering;
    int pass_authorization;
    int error_override;
    int map_head_to_get;
    int sendfile;
} mod_tsgi_dir_conf;

typedef struct {
    const char *name;
    const char *value; /* of httpd's own environment where the directive had none */
} mod_tsgi_env;

/* What translate_name has found, in r->request_config until fixups. */
typedef struct {
    int alias;            /* its place in mod_tsgi_server_conf.aliases */
    const char *script;   /* of the target, all of it known; a directory too */
    size_t mount_size;    /* how much of the URI stands before the rest behind `script` */
    unsigned stray : 1;   /* the URI is not below the target's `mount` */
    unsigned is_file : 1; /* the script is the file that the configuration names */
} mod_tsgi_match;

/* mod_tsgi_directive.c */

extern const command_rec mod_tsgi_commands[];

/* What httpd prints when a value is none that the directive takes. */
const char *mod_tsgi_refuse(cmd_parms *cmd, const char *value, const char *right);

/* mod_tsgi_target.c: commands; each check returns NULL or what httpd prints */

const char *mod_tsgi_set_alias(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
const char *mod_tsgi_set_alias_match(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
const char *mod_tsgi_set_import(cmd_parms *cmd, void *conf, int argc, char *const argv[]);
const char *mod_tsgi_check_callable(cmd_parms *cmd, const char *value);
const char *mod_tsgi_check_interface(cmd_parms *cmd, const char *value);
const char *mod_tsgi_check_group(cmd_parms *cmd, const char *value);

/* mod_tsgi_alias.c: hooks, in the order in which a request meets them */

int mod_tsgi_translate(request_rec *r);
int mod_tsgi_end_walk(request_rec *r);
int mod_tsgi_check_type(request_rec *r);
int mod_tsgi_fixup(request_rec *r);

/* The alias that led to the script of a request, and how much of r->uri is its mount; NULL:
 * none did.  After fixups. */
const mod_tsgi_alias *mod_tsgi_alias_of(request_rec *r, size_t *mount_size);

/* mod_tsgi_config.c */

void *mod_tsgi_create_server_conf(apr_pool_t *pool, server_rec *s);
void *mod_tsgi_merge_server_conf(apr_pool_t *pool, void *base, void *add);

/* httpd has virtual hosts without a directive of ours share the main server's struct: gives each
 * its own. */
void mod_tsgi_part_servers(apr_pool_t *pool, server_rec *main_server);
void *mod_tsgi_create_dir_conf(apr_pool_t *pool, char *dir);
void *mod_tsgi_merge_dir_conf(apr_pool_t *pool, void *base, void *add);
mod_tsgi_server_conf *mod_tsgi_conf_of_server(const server_rec *s);
mod_tsgi_dir_conf *mod_tsgi_conf_of_request(const request_rec *r);

/* Of a server's own level, where no <Directory> or <Location> is known. */
const mod_tsgi_dir_conf *mod_tsgi_conf_of_level(const server_rec *s);

/* What is in force: the value, or the default where nobody set one. */
int mod_tsgi_threads(const mod_tsgi_dir_conf *conf);
apr_interval_time_t mod_tsgi_request_timeout(const mod_tsgi_dir_conf *conf);
uint32_t mod_tsgi_startup_timeout(const mod_tsgi_dir_conf *conf);
uint32_t mod_tsgi_stall_timeout(const mod_tsgi_dir_conf *conf);
uint64_t mod_tsgi_memory_limit(const mod_tsgi_dir_conf *conf);
uint32_t mod_tsgi_queue_size(const mod_tsgi_dir_conf *conf);
apr_interval_time_t mod_tsgi_queue_timeout(const mod_tsgi_dir_conf *conf);
uint32_t mod_tsgi_max_applications(const mod_tsgi_server_conf *conf);
uint32_t mod_tsgi_nice(const mod_tsgi_server_conf *conf);
uint32_t mod_tsgi_buffer_size(const mod_tsgi_dir_conf *conf);
uint64_t mod_tsgi_write_limit(const mod_tsgi_dir_conf *conf);
int mod_tsgi_is_on(int value, int preset);

/* mod_tsgi_life.c */

void mod_tsgi_life_init(mod_tsgi_life *life);
mod_tsgi_life mod_tsgi_life_merge(const mod_tsgi_life *outer, const mod_tsgi_life *inner);

/* What is in force of it. */
void mod_tsgi_life_fill(const mod_tsgi_life *life, tsgi_group_options *options);
const char *mod_tsgi_set_max_requests(cmd_parms *cmd, void *conf, const char *number,
                                      const char *jitter);
const char *mod_tsgi_set_warmup(cmd_parms *cmd, void *conf, const char *value);

/* mod_tsgi_group.c */

/* Gives each virtual host a name of its own. */
void mod_tsgi_name_hosts(apr_pool_t *pool, server_rec *main_server);

/* A name, or %{GLOBAL}, %{SERVER}, %{RESOURCE}, %{ENV:...}. */
int mod_tsgi_is_group(const char *wanted);

/* The group of a script; `wanted` NULL: one of its own for each virtual host.  Where `r` is NULL
 * (TSGIImportScript) there is no request to ask: NULL for %{ENV:...}, and for %{RESOURCE}
 * without a mount. */
const char *mod_tsgi_name_group(apr_pool_t *pool, const server_rec *s, request_rec *r,
                                const char *wanted, const char *script, const char *mount);

/* The whole of a group's process.env: PATH, LANG and TZ of httpd's own, and TSGISetProcessEnv. */
apr_array_header_t *mod_tsgi_environment(apr_pool_t *pool, const mod_tsgi_dir_conf *conf);

/* mod_tsgi_cycle.c */

int mod_tsgi_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);
int mod_tsgi_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);

#endif
