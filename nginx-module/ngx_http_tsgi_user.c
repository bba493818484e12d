
/* Who the user is, when that is a fact. */


#include "ngx_http_tsgi_module.h"


/*
 * $remote_user is what the client wrote into its Authorization header,
 * whether or not anyone looked at the password.  It is a fact only where
 * auth_basic has let the request pass:
 *
 *   - the location has auth_basic, and its realm is not "off".  nginx offers
 *     no way to ask, so this looks at the first field of its configuration,
 *     the realm, which has been there since 1.3.10;
 *   - every access check had to pass ("satisfy all"): with "satisfy any" an
 *     address may have let the request in with any password;
 *   - the main request is beyond the access phase.  Sub-requests skip it, and
 *     those of auth_request are made in the midst of it.
 *
 * For other modules there is "tsgi_param REMOTE_USER $remote_user".
 */

extern ngx_module_t  ngx_http_auth_basic_module  __attribute__((weak));


ngx_uint_t
ngx_http_tsgi_is_verified(ngx_http_request_t *r)
{
    ngx_str_t                    realm;
    ngx_http_request_t          *mr;
    ngx_http_phase_handler_t    *ph;
    ngx_http_core_loc_conf_t    *clcf;
    ngx_http_complex_value_t   **alcf;
    ngx_http_core_main_conf_t   *cmcf;

    mr = r->main;

    if (mr->headers_in.user.len == 0 || &ngx_http_auth_basic_module == NULL) {
        return 0;
    }

    clcf = ngx_http_get_module_loc_conf(mr, ngx_http_core_module);
    alcf = ngx_http_get_module_loc_conf(mr, ngx_http_auth_basic_module);

    if (clcf->satisfy != NGX_HTTP_SATISFY_ALL
        || alcf[0] == NULL
        || ngx_http_complex_value(mr, alcf[0], &realm) != NGX_OK
        || (realm.len == 3 && ngx_strncmp(realm.data, "off", 3) == 0))
    {
        return 0;
    }

    cmcf = ngx_http_get_module_main_conf(mr, ngx_http_core_module);
    ph = cmcf->phase_engine.handlers;

    return r == mr
           || ph[mr->phase_handler].checker != ngx_http_core_access_phase;
}
