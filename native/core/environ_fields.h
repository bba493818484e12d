/*
 * Request header fields on their way into the environ, by the rules of environ.h.
 *
 * Host thread, as tsgi_environ_pack, which has seen to it that there is room.
 */

#ifndef TSGI_CORE_ENVIRON_FIELDS_H
#define TSGI_CORE_ENVIRON_FIELDS_H

#include <stdbool.h>

#include "environ_packer.h"
#include "tsgi/view.h"

/* Appends the HTTP_* entries.  False: out of memory. */
bool tsgi_environ_pack_fields(packer *packer, const tsgi_view *view);

/* Appends CONTENT_TYPE and CONTENT_LENGTH, those that the request has. */
void tsgi_environ_pack_content(packer *packer, const tsgi_view *view);

/* Copies the fields as received into `raw`, and the length of each name and value into `cuts`; sets
 * *size to the bytes of `raw` used.  Returns how many fields are shown. */
uint32_t tsgi_environ_pack_raw(const tsgi_view *view, char *raw, uint32_t *cuts, size_t *size);

#endif
