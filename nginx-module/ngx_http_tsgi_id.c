
/*
 * Request ids for the log, those of $request_id.
 *
 * nginx makes one by a call of its cryptographic library, which costs more
 * than the rest of the view; here the kernel's random bytes are taken in
 * bulk.  They are as good, and the variable is given the value, so that every
 * other place where it is used shows the same.
 */


#include "ngx_http_tsgi_module.h"

#include <sys/random.h>


#define NGX_HTTP_TSGI_ID_SIZE   16
#define NGX_HTTP_TSGI_ID_COUNT  256


static ngx_int_t ngx_http_tsgi_make_id(ngx_http_request_t *r,
    ngx_http_variable_value_t *vv);


/* of this worker process: the master never fills it */

static u_char      ngx_http_tsgi_random[NGX_HTTP_TSGI_ID_COUNT]
                                       [NGX_HTTP_TSGI_ID_SIZE];
static ngx_uint_t  ngx_http_tsgi_random_left;


void
ngx_http_tsgi_request_id(ngx_http_request_t *r, ngx_int_t index,
    tsgi_bytes *id)
{
    ngx_http_variable_value_t  *vv;

    vv = &r->variables[index];

    if (!vv->valid && !vv->not_found && ngx_http_tsgi_make_id(r, vv) != NGX_OK)
    {
        vv = ngx_http_get_indexed_variable(r, index);
    }

    if (vv && vv->valid) {
        id->data = (char *) vv->data;
        id->size = vv->len;
    }
}


static ngx_int_t
ngx_http_tsgi_make_id(ngx_http_request_t *r, ngx_http_variable_value_t *vv)
{
    u_char  *p;

    if (ngx_http_tsgi_random_left == 0) {

        if (getrandom(ngx_http_tsgi_random, sizeof(ngx_http_tsgi_random),
                      GRND_NONBLOCK)
            != (ssize_t) sizeof(ngx_http_tsgi_random))
        {
            return NGX_ERROR;
        }

        ngx_http_tsgi_random_left = NGX_HTTP_TSGI_ID_COUNT;
    }

    p = ngx_pnalloc(r->pool, 2 * NGX_HTTP_TSGI_ID_SIZE);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_http_tsgi_random_left--;

    ngx_hex_dump(p, ngx_http_tsgi_random[ngx_http_tsgi_random_left],
                 NGX_HTTP_TSGI_ID_SIZE);

    vv->data = p;
    vv->len = 2 * NGX_HTTP_TSGI_ID_SIZE;
    vv->valid = 1;
    vv->no_cacheable = 0;
    vv->not_found = 0;

    return NGX_OK;
}
