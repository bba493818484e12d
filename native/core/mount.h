/*
 * Where an application begins in a path: SCRIPT_NAME and PATH_INFO (RFC 3875, 4.1.5 and
 * 4.1.13; PEP 3333, "environ Variables").
 */

#ifndef TSGI_CORE_MOUNT_H
#define TSGI_CORE_MOUNT_H

#include <stdbool.h>

#include "tsgi/bytes.h"

/* Splits `path` behind `mount`.  A mount ends at a '/' or at the end of the path: "/app" is no
 * prefix of "/application".  `script_name` is the mount without its trailing slash, `path_info`
 * the rest of the path; both point into the arguments.  False: the path is not below the mount. */
bool tsgi_mount_split(tsgi_bytes mount, tsgi_bytes path, tsgi_bytes *script_name,
                      tsgi_bytes *path_info);

#endif
