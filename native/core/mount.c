#include "mount.h"

#include <string.h>

bool tsgi_mount_split(tsgi_bytes mount, tsgi_bytes path, tsgi_bytes *script_name,
                      tsgi_bytes *path_info)
{
    size_t size = mount.size;

    while (size > 0 && mount.data[size - 1] == '/') {
        size--;
    }

    if (size > 0) {
        if (path.size < size || memcmp(path.data, mount.data, size) != 0) {
            return false;
        }

        if (path.size > size && path.data[size] != '/') {
            return false;
        }
    }

    script_name->data = size > 0 ? mount.data : "";
    script_name->size = size;
    path_info->data = path.size > size ? path.data + size : "";
    path_info->size = path.size - size;

    return true;
}
