/*
 * Loading libtsgi, the same way for every server module.
 *
 * What lies in native/host is compiled into the modules themselves: it runs where libtsgi has
 * not been loaded, in configuration tests and before the last fork.  It knows libc and
 * include/tsgi, and neither a server nor the core.
 */

#ifndef TSGI_HOST_LIBRARY_H
#define TSGI_HOST_LIBRARY_H

#include <stddef.h>

#include "tsgi/api.h"

typedef enum tsgi_library_status {
    TSGI_LIBRARY_OK,
    TSGI_LIBRARY_MISSING, /* the dynamic linker's reason is in `error` */
    TSGI_LIBRARY_VERSION  /* it was loaded and does not speak TSGI_ABI_VERSION */
} tsgi_library_status;

/*
 * Main thread of a process that will not fork any more.  libtsgi is looked for beside the
 * module that `inside` points into, then at `built` (where the build put it; may be NULL), then
 * wherever the dynamic linker looks.  It is never closed, and neither is the module, whose code
 * the runtime's threads call from then on.  `error` is always ended by a NUL.
 */
tsgi_library_status tsgi_library_load(const void *inside, const char *built, const tsgi_api **api,
                                      char *error, size_t size);

#endif
