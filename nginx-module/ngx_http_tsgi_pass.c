
/* tsgi_pass, its options, and the directives that give them by themselves. */


#include "ngx_http_tsgi_module.h"

#include <host/script.h>


typedef ngx_int_t (*ngx_http_tsgi_check_pt)(ngx_conf_t *cf, ngx_str_t *value);


static ngx_int_t ngx_http_tsgi_pass_script(ngx_conf_t *cf,
    ngx_http_tsgi_pass_t *pass, ngx_str_t *value);
static ngx_int_t ngx_http_tsgi_pass_option(ngx_conf_t *cf,
    ngx_http_tsgi_pass_t *pass, ngx_str_t *arg);
static ngx_int_t ngx_http_tsgi_check_script(ngx_conf_t *cf,
    ngx_http_tsgi_pass_t *pass);
static ngx_int_t ngx_http_tsgi_check_callable(ngx_conf_t *cf,
    ngx_str_t *value);
static ngx_int_t ngx_http_tsgi_check_interface(ngx_conf_t *cf,
    ngx_str_t *value);
static ngx_int_t ngx_http_tsgi_check_mount(ngx_conf_t *cf, ngx_str_t *value);
static ngx_int_t ngx_http_tsgi_check_group(ngx_conf_t *cf, ngx_str_t *value);
static char *ngx_http_tsgi_set_checked(ngx_conf_t *cf, ngx_str_t *field,
    ngx_http_tsgi_check_pt check);


char *
ngx_http_tsgi_set_pass(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    ngx_str_t                 *value;
    ngx_uint_t                 i;
    ngx_http_tsgi_pass_t      *pass;
    ngx_http_core_loc_conf_t  *clcf;

    if (tlcf->pass) {
        return "is duplicate";
    }

    pass = ngx_pcalloc(cf->pool, sizeof(ngx_http_tsgi_pass_t));
    if (pass == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    if (ngx_http_tsgi_pass_script(cf, pass, &value[1]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (ngx_http_tsgi_pass_option(cf, pass, &value[i]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    pass->file_name = cf->conf_file->file.name.data;
    pass->line = cf->conf_file->line;

    tlcf->pass = pass;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_tsgi_handler;

    if (clcf->name.len && clcf->name.data[clcf->name.len - 1] == '/') {
        clcf->auto_redirect = 1;
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_tsgi_pass_script(ngx_conf_t *cf, ngx_http_tsgi_pass_t *pass,
    ngx_str_t *value)
{
    ngx_http_compile_complex_value_t  ccv;

    if (value->len == 0) {
        ngx_http_tsgi_refuse(cf, value, "the path of a script");
        return NGX_ERROR;
    }

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = &pass->script;
    ccv.zero = 1;
    ccv.root_prefix = 1;

    if (ngx_http_compile_complex_value(&ccv) != NGX_OK) {
        return NGX_ERROR;
    }

    return pass->script.lengths ? NGX_OK : ngx_http_tsgi_check_script(cf, pass);
}


static ngx_int_t
ngx_http_tsgi_pass_option(ngx_conf_t *cf, ngx_http_tsgi_pass_t *pass,
    ngx_str_t *arg)
{
    ngx_str_t   *slot, value;
    ngx_uint_t   i;

    static const struct {
        ngx_str_t               name;
        size_t                  offset;
        ngx_http_tsgi_check_pt  check;
    } options[] = {
        { ngx_string("callable="), offsetof(ngx_http_tsgi_pass_t, callable),
          ngx_http_tsgi_check_callable },
        { ngx_string("interface="), offsetof(ngx_http_tsgi_pass_t, interface),
          ngx_http_tsgi_check_interface },
        { ngx_string("mount="), offsetof(ngx_http_tsgi_pass_t, mount),
          ngx_http_tsgi_check_mount },
        { ngx_string("group="), offsetof(ngx_http_tsgi_pass_t, group),
          ngx_http_tsgi_check_group },
    };

    for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {

        if (arg->len < options[i].name.len
            || ngx_strncmp(arg->data, options[i].name.data,
                           options[i].name.len)
               != 0)
        {
            continue;
        }

        slot = (ngx_str_t *) ((char *) pass + options[i].offset);

        if (slot->data) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_VALUE
                               "duplicate option \"%V\" in \"tsgi_pass\"",
                               arg);
            return NGX_ERROR;
        }

        value.data = arg->data + options[i].name.len;
        value.len = arg->len - options[i].name.len;

        if (options[i].check(cf, &value) != NGX_OK) {
            return NGX_ERROR;
        }

        *slot = value;

        return NGX_OK;
    }

    ngx_http_tsgi_refuse(cf, arg, "\"callable=\", \"interface=\", \"mount=\" "
                                  "or \"group=\"");
    return NGX_ERROR;
}


/*
 * Looks at a script without variables.  The worker's user may see less than
 * the master does: ngx_http_tsgi_tell_unreadable() compares.
 */

static ngx_int_t
ngx_http_tsgi_check_script(ngx_conf_t *cf, ngx_http_tsgi_pass_t *pass)
{
    ngx_str_t  *name;

    name = &pass->script.value;

    switch (tsgi_script_check((char *) name->data)) {

    case TSGI_SCRIPT_FILE:
        return NGX_OK;

    case TSGI_SCRIPT_DIRECTORY:
        pass->directory = 1;
        return NGX_OK;

    case TSGI_SCRIPT_ABSENT:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, NGX_HTTP_TSGI_E_SCRIPT
                           "cannot find \"%V\" of \"tsgi_pass\", which must "
                           "be a script or a directory of scripts", name);
        break;

    case TSGI_SCRIPT_ENDING:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_EXTENSION
                           "invalid script \"%V\" in \"tsgi_pass\", its name "
                           "must end in " TSGI_SCRIPT_ENDINGS, name);
        break;

    case TSGI_SCRIPT_KIND:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, NGX_HTTP_TSGI_E_SCRIPT
                           "\"%V\" of \"tsgi_pass\" is neither a file nor "
                           "a directory", name);
        break;

    case TSGI_SCRIPT_UNREADABLE:
        ngx_conf_log_error(NGX_LOG_EMERG, cf, ngx_errno, NGX_HTTP_TSGI_E_SCRIPT
                           "cannot read \"%V\" of \"tsgi_pass\"", name);
        break;
    }

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_tsgi_check_callable(ngx_conf_t *cf, ngx_str_t *value)
{
    const char  *right;

    right = tsgi_value_check_callable((char *) value->data, value->len);
    if (right == NULL) {
        return NGX_OK;
    }

    ngx_http_tsgi_refuse(cf, value, right);
    return NGX_ERROR;
}


static ngx_int_t
ngx_http_tsgi_check_interface(ngx_conf_t *cf, ngx_str_t *value)
{
    const char  *right;

    right = tsgi_value_check_interface((char *) value->data, value->len);
    if (right == NULL) {
        return NGX_OK;
    }

    ngx_http_tsgi_refuse(cf, value, right);
    return NGX_ERROR;
}


static ngx_int_t
ngx_http_tsgi_check_mount(ngx_conf_t *cf, ngx_str_t *value)
{
    if (value->len == 0
        || (value->data[0] == '/'
            && ngx_strlchr(value->data, value->data + value->len, '$')
               == NULL))
    {
        return NGX_OK;
    }

    ngx_http_tsgi_refuse(cf, value, "empty or a literal path that begins "
                                    "with \"/\"");
    return NGX_ERROR;
}


static ngx_int_t
ngx_http_tsgi_check_group(ngx_conf_t *cf, ngx_str_t *value)
{
    if (value->len
        && ngx_strlchr(value->data, value->data + value->len, '$') == NULL)
    {
        return NGX_OK;
    }

    ngx_http_tsgi_refuse(cf, value, "a name without variables");
    return NGX_ERROR;
}


char *
ngx_http_tsgi_set_callable(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    return ngx_http_tsgi_set_checked(cf, &tlcf->callable,
                                     ngx_http_tsgi_check_callable);
}


char *
ngx_http_tsgi_set_interface(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    return ngx_http_tsgi_set_checked(cf, &tlcf->interface,
                                     ngx_http_tsgi_check_interface);
}


char *
ngx_http_tsgi_set_group(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_tsgi_loc_conf_t *tlcf = conf;

    return ngx_http_tsgi_set_checked(cf, &tlcf->group,
                                     ngx_http_tsgi_check_group);
}


static char *
ngx_http_tsgi_set_checked(ngx_conf_t *cf, ngx_str_t *field,
    ngx_http_tsgi_check_pt check)
{
    ngx_str_t  *value;

    if (field->data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (check(cf, &value[1]) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    *field = value[1];

    return NGX_CONF_OK;
}
