/*
 * Values that directives of every server take.  Each check returns NULL for a value that is
 * right, else what would be, to be set behind "it must be": "the name of an export".
 */

#ifndef TSGI_HOST_VALUE_H
#define TSGI_HOST_VALUE_H

#include <stddef.h>

const char *tsgi_value_check_callable(const char *value, size_t size);

/* "auto", "tsgi"; those reserved for later versions are refused in words of their own. */
const char *tsgi_value_check_interface(const char *value, size_t size);

#endif
