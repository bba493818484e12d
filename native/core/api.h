/* The table of tsgi/api.h, filled with the core's functions. */

#ifndef TSGI_CORE_API_H
#define TSGI_CORE_API_H

#include "tsgi/api.h"

/* runtime_start and runtime_stop are NULL: they belong to whoever brings the isolates. */
tsgi_api tsgi_api_make(void);

#endif
