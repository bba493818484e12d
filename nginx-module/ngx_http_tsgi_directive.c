
/*
 * The other directives.  Each checks its value while nginx still knows file
 * and line, and says what would have been right.
 */


#include "ngx_http_tsgi_module.h"

#include <host/environment.h>


static char *ngx_http_tsgi_add_path(ngx_conf_t *cf, ngx_str_t *list,
    ngx_str_t *path);


char *
ngx_http_tsgi_set_param(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    ngx_str_t                         *value;
    ngx_http_tsgi_param_t             *param;
    ngx_http_compile_complex_value_t   ccv;

    if (tlcf->params == NULL) {
        tlcf->params = ngx_array_create(cf->pool, 4,
                                        sizeof(ngx_http_tsgi_param_t));
        if (tlcf->params == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    /* dotted lower-case names are the specification's and the hosts' */

    if (value[1].len == 0
        || ngx_strncmp(value[1].data, "tsgi.", 5) == 0
        || ngx_strncmp(value[1].data, "nginx.", 6) == 0
        || ngx_strncmp(value[1].data, "apache.", 7) == 0)
    {
        return ngx_http_tsgi_refuse(cf, &value[1],
                                    "a name that does not begin with "
                                    "\"tsgi.\", \"nginx.\" or \"apache.\"");
    }

    if (cf->args->nelts == 4
        && ngx_strcmp(value[3].data, "if_not_empty") != 0)
    {
        return ngx_http_tsgi_refuse(cf, &value[3], "\"if_not_empty\"");
    }

    param = ngx_array_push(tlcf->params);
    if (param == NULL) {
        return NGX_CONF_ERROR;
    }

    param->name = value[1];
    param->skip_empty = (cf->args->nelts == 4);

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = &value[2];
    ccv.complex_value = &param->value;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* NAME takes the value that the master process was started with */

char *
ngx_http_tsgi_set_env(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    size_t         len;
    u_char        *equals;
    ngx_str_t     *value;
    ngx_keyval_t  *kv;

    if (tlcf->env == NULL) {
        tlcf->env = ngx_array_create(cf->pool, 4, sizeof(ngx_keyval_t));
        if (tlcf->env == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    equals = ngx_strlchr(value[1].data, value[1].data + value[1].len, '=');
    len = equals ? (size_t) (equals - value[1].data) : value[1].len;

    if (!tsgi_environment_is_name((char *) value[1].data, len)) {
        return ngx_http_tsgi_refuse(cf, &value[1], "NAME or NAME=value");
    }

    kv = ngx_array_push(tlcf->env);
    if (kv == NULL) {
        return NGX_CONF_ERROR;
    }

    kv->key.len = len;
    kv->key.data = ngx_pnalloc(cf->pool, len + 1);
    if (kv->key.data == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_cpystrn(kv->key.data, value[1].data, len + 1);

    if (equals) {
        kv->value.data = equals + 1;
        kv->value.len = value[1].len - len - 1;
        return NGX_CONF_OK;
    }

    kv->value.data = (u_char *) ngx_http_tsgi_getenv(&kv->key);
    kv->value.len = kv->value.data ? ngx_strlen(kv->value.data) : 0;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_set_module_path(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    char        *rv;
    u_char      *p, *colon, *last;
    ngx_str_t   *value, path;
    ngx_uint_t   i;

    if (tlcf->module_path.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        last = value[i].data + value[i].len;

        for (p = value[i].data; p <= last; p = colon + 1) {

            colon = ngx_strlchr(p, last, ':');
            if (colon == NULL) {
                colon = last;
            }

            path.len = colon - p;
            path.data = ngx_pnalloc(cf->pool, path.len + 1);
            if (path.data == NULL) {
                return NGX_CONF_ERROR;
            }

            ngx_cpystrn(path.data, p, path.len + 1);

            rv = ngx_http_tsgi_add_path(cf, &tlcf->module_path, &path);
            if (rv != NGX_CONF_OK) {
                return rv;
            }
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_tsgi_add_path(ngx_conf_t *cf, ngx_str_t *list, ngx_str_t *path)
{
    u_char           *p;
    ngx_str_t         whole;
    ngx_file_info_t   fi;

    if (path->len == 0) {
        return ngx_http_tsgi_refuse(cf, path, "directories with \":\" "
                                              "between them");
    }

    if (ngx_conf_full_name(cf->cycle, path, 0) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_file_info(path->data, &fi) == NGX_FILE_ERROR || !ngx_is_dir(&fi)) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_SCRIPT
                           "\"%V\" of \"tsgi_module_path\" is not a "
                           "directory", path);
        return NGX_CONF_ERROR;
    }

    if (list->len == 0) {
        *list = *path;
        return NGX_CONF_OK;
    }

    whole.len = list->len + 1 + path->len;
    whole.data = ngx_pnalloc(cf->pool, whole.len + 1);
    if (whole.data == NULL) {
        return NGX_CONF_ERROR;
    }

    p = ngx_sprintf(whole.data, "%V:%V", list, path);
    *p = '\0';

    *list = whole;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_set_node_options(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_main_conf_t *tmcf = conf;

    char       **option;
    ngx_str_t   *value;
    ngx_uint_t   i;

    if (tmcf->node_options == NULL) {
        tmcf->node_options = ngx_array_create(cf->pool, 4, sizeof(char *));
        if (tmcf->node_options == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len < 2 || value[i].data[0] != '-') {
            return ngx_http_tsgi_refuse(cf, &value[i],
                                        "an option that begins with \"-\"");
        }

        option = ngx_array_push(tmcf->node_options);
        if (option == NULL) {
            return NGX_CONF_ERROR;
        }

        *option = (char *) value[i].data;
    }

    return NGX_CONF_OK;
}


#define ngx_http_tsgi_is_off(range, value)                                    \
    tsgi_value_is_off(range, (char *) (value)->data, (value)->len)


char *
ngx_http_tsgi_set_number(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_int_t               *field, n;
    ngx_str_t               *value;
    const tsgi_value_range  *range;

    field = (ngx_int_t *) (p + cmd->offset);
    range = cmd->post;

    if (*field != NGX_CONF_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    n = ngx_http_tsgi_is_off(range, &value[1])
        ? 0 : ngx_atoi(value[1].data, value[1].len);

    if (n == NGX_ERROR || !tsgi_value_is_in(range, n)) {
        return ngx_http_tsgi_refuse(cf, &value[1], range->text);
    }

    *field = n;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_set_size(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    off_t                    size;
    size_t                  *field;
    ngx_str_t               *value;
    const tsgi_value_range  *range;

    field = (size_t *) (p + cmd->offset);
    range = cmd->post;

    if (*field != NGX_CONF_UNSET_SIZE) {
        return "is duplicate";
    }

    value = cf->args->elts;

    size = ngx_http_tsgi_is_off(range, &value[1])
           ? 0 : ngx_parse_offset(&value[1]);

    if (size == (off_t) NGX_ERROR || !tsgi_value_is_in(range, size)) {
        return ngx_http_tsgi_refuse(cf, &value[1], range->text);
    }

    *field = (size_t) size;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_set_time(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_int_t                msec;
    ngx_str_t               *value;
    ngx_msec_t              *field;
    const tsgi_value_range  *range;

    field = (ngx_msec_t *) (p + cmd->offset);
    range = cmd->post;

    if (*field != NGX_CONF_UNSET_MSEC) {
        return "is duplicate";
    }

    value = cf->args->elts;

    msec = ngx_http_tsgi_is_off(range, &value[1])
           ? 0 : ngx_parse_time(&value[1], 0);

    if (msec == NGX_ERROR || !tsgi_value_is_in(range, msec)) {
        return ngx_http_tsgi_refuse(cf, &value[1], range->text);
    }

    *field = msec;

    return NGX_CONF_OK;
}


char *
ngx_http_tsgi_refuse(ngx_conf_t *cf, ngx_str_t *value, const char *right)
{
    ngx_str_t  *name;

    name = cf->args->elts;

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_VALUE
                       "invalid value \"%V\" in \"%V\" directive, "
                       "it must be %s", value, name, right);

    return NGX_CONF_ERROR;
}
