/*
 * Libraries for host_library to load, each as the LIBRARY_* that it is compiled with says.  What
 * stands for the table is never called.
 */

#include "tsgi/api.h"

#define SHOWN __attribute__((visibility("default")))

/* Its address is one inside. */
SHOWN void library_anchor(void);

void library_anchor(void) {}

#ifdef LIBRARY_REFUSING
#    define ASKED (TSGI_ABI_VERSION + 1)
#else
#    define ASKED TSGI_ABI_VERSION
#endif

#ifdef LIBRARY_BOASTING
#    define GIVEN (TSGI_ABI_VERSION + 1)
#else
#    define GIVEN TSGI_ABI_VERSION
#endif

#ifdef LIBRARY_OLDER
#    define SIZE (sizeof(tsgi_api) - 1)
#else
#    define SIZE sizeof(tsgi_api)
#endif

#ifndef LIBRARY_EMPTY
SHOWN const tsgi_api *tsgi_api_get(uint32_t abi_version);

const tsgi_api *tsgi_api_get(uint32_t abi_version)
{
    static const tsgi_api table = {.struct_size = SIZE, .abi_version = GIVEN};

    return abi_version == ASKED ? &table : 0;
}
#endif
