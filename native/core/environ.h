/*
 * The environ on its way to JavaScript: every byte decided and laid out by native code, so that
 * JavaScript only gives it a shape (src/server/environ.ts).
 *
 *     text     one Latin-1 string: spelled-out keys and all values, one after the other
 *     words    [entries, key, end, key, end, …] as in src/server/binding.ts
 *     raw      header fields as received, for tsgi.raw_headers: name, value, name, value
 *     cuts     length of each text in raw
 *
 * Rules for request header fields (specification, "environ"; RFC 3875, 4.1.18):
 *
 *     HTTP_ + name, upper case, '-' to '_'
 *     repeated fields are joined by ", ", Cookie by "; "
 *     a name with '_' or with a byte that is no tchar is dropped, so that nothing can collide
 *     no HTTP_CONTENT_TYPE and HTTP_CONTENT_LENGTH (they have keys of their own) and no
 *     HTTP_PROXY (it would become the proxy setting of programs the application starts)
 */

#ifndef TSGI_CORE_ENVIRON_H
#define TSGI_CORE_ENVIRON_H

#include <stddef.h>
#include <stdint.h>

#include "environ_keys.h"
#include "tsgi/view.h"

typedef struct tsgi_environ {
    const char *text;
    size_t text_size; /* bytes */
    const uint32_t *words;
    uint32_t word_count;
    const char *raw;
    const uint32_t *cuts;
    uint32_t header_count;
} tsgi_environ;

/* Bytes that are enough to pack this view. */
size_t tsgi_environ_bound(const tsgi_view *view);

/* Packs the view into `block`, at least tsgi_environ_bound bytes, aligned for uint32_t; the result
 * points into it.  `script_name` and `path_info` come from tsgi_mount_split.  Returns how many bytes
 * it used, or 0: out of memory. */
size_t tsgi_environ_pack(const tsgi_view *view, tsgi_bytes script_name, tsgi_bytes path_info,
                         char *block, tsgi_environ *result);

#endif
