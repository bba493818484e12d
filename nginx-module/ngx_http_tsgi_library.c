
/*
 * libtsgi is looked for beside this module, then where the build said, then
 * wherever the dynamic linker looks.
 */


#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* dladdr() */
#endif

#include "ngx_http_tsgi_module.h"
#include "ngx_http_tsgi_library.h"

#include <dlfcn.h>


#define NGX_HTTP_TSGI_LIBRARY  "libtsgi.so"

#ifndef TSGI_LIBRARY
#define TSGI_LIBRARY           NGX_HTTP_TSGI_LIBRARY
#endif


static ngx_int_t ngx_http_tsgi_name_neighbour(u_char *name, size_t size);
static void *ngx_http_tsgi_open_library(ngx_log_t *log);


const tsgi_api *
ngx_http_tsgi_load(ngx_log_t *log)
{
    void             *library;
    const tsgi_api   *api;
    tsgi_api_get_fn   get;

    library = ngx_http_tsgi_open_library(log);
    if (library == NULL) {
        ngx_log_error(NGX_LOG_ALERT, log, 0, NGX_HTTP_TSGI_E_LIBRARY
                      "cannot load libtsgi: %s; it is looked for beside this "
                      "module, then as \"%s\"", dlerror(), TSGI_LIBRARY);
        return NULL;
    }

    *(void **) &get = dlsym(library, TSGI_API_SYMBOL);

    api = get ? get(TSGI_ABI_VERSION) : NULL;

    if (api == NULL
        || api->abi_version != TSGI_ABI_VERSION
        || api->struct_size < sizeof(tsgi_api))
    {
        ngx_log_error(NGX_LOG_ALERT, log, 0, NGX_HTTP_TSGI_E_VERSION
                      "libtsgi does not have the interface of version %d "
                      "that this module was made for", TSGI_ABI_VERSION);
        return NULL;
    }

    return api;
}


static void *
ngx_http_tsgi_open_library(ngx_log_t *log)
{
    int          mode;
    u_char       neighbour[NGX_MAX_PATH];
    ngx_uint_t   i;
    const char  *name;

    mode = RTLD_NOW|RTLD_GLOBAL|RTLD_NODELETE;

    for (i = 0; i < 2; i++) {

        if (i == 0) {
            if (ngx_http_tsgi_name_neighbour(neighbour, NGX_MAX_PATH)
                != NGX_OK)
            {
                continue;
            }

            name = (const char *) neighbour;

        } else {
            name = TSGI_LIBRARY;
        }

        /* a library that is there but does not load is to be heard of */

        if (access(name, F_OK) == 0) {
            ngx_log_debug1(NGX_LOG_DEBUG_CORE, log, 0, "tsgi load \"%s\"",
                           name);
            return dlopen(name, mode);
        }
    }

    return dlopen(NGX_HTTP_TSGI_LIBRARY, mode);
}


/*
 * Pins this module as well: in a single process a configuration without it
 * would unload the code that the runtime's threads call.
 */

static ngx_int_t
ngx_http_tsgi_name_neighbour(u_char *name, size_t size)
{
    size_t   len;
    u_char  *slash;
    Dl_info  info;

    if (dladdr(&ngx_http_tsgi_module, &info) == 0 || info.dli_fname == NULL) {
        return NGX_ERROR;
    }

    (void) dlopen(info.dli_fname, RTLD_NOW|RTLD_NOLOAD|RTLD_NODELETE);

    len = ngx_strlen(info.dli_fname);

    if (len + sizeof(NGX_HTTP_TSGI_LIBRARY) > size) {
        return NGX_ERROR;
    }

    ngx_memcpy(name, info.dli_fname, len + 1);

    slash = (u_char *) strrchr((char *) name, '/');
    if (slash == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(slash + 1, NGX_HTTP_TSGI_LIBRARY,
               sizeof(NGX_HTTP_TSGI_LIBRARY));

    return NGX_OK;
}
