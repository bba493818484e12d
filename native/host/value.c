#include "value.h"

#include <string.h>

const tsgi_value_range tsgi_value_threads = {
    .low = 1,
    .high = 64,
    .preset = 1,
    .text = "a number from 1 to 64",
};

const tsgi_value_range tsgi_value_max_applications = {
    .low = 1,
    .high = 4096,
    .preset = 16,
    .text = "a number from 1 to 4096",
};

const tsgi_value_range tsgi_value_nice = {
    .low = 0,
    .high = 19,
    .preset = 3,
    .text = "a number from 0 to 19",
};

const tsgi_value_range tsgi_value_buffer_size = {
    .low = 4096,
    .high = 64 << 20,
    .preset = 256 << 10,
    .text = "a size from 4k to 64m",
};

const tsgi_value_range tsgi_value_write_limit = {
    .low = 4096,
    .high = (uint64_t)1 << 40,
    .preset = 64 << 20,
    .text = "a size from 4k to 1024g",
};

const tsgi_value_range tsgi_value_request_timeout = {
    .low = 100,
    .high = 24 * 60 * 60 * 1000,
    .preset = 60 * 1000,
    .text = "0 or a time from 100ms to 24h",
    .off = true,
};

const tsgi_value_range tsgi_value_startup_timeout = {
    .low = 100,
    .high = 24 * 60 * 60 * 1000,
    .preset = 30 * 1000,
    .text = "0 or a time from 100ms to 24h",
    .off = true,
};

const tsgi_value_range tsgi_value_stall_timeout = {
    .low = 100,
    .high = 24 * 60 * 60 * 1000,
    .preset = 10 * 1000,
    .text = "0 or a time from 100ms to 24h",
    .off = true,
};

/* A Node environment alone takes some 10 MB of its heap. */
const tsgi_value_range tsgi_value_memory_limit = {
    .low = 32 << 20,
    .high = (uint64_t)1 << 40,
    .preset = 512 << 20,
    .text = "0 or a size from 32m to 1024g",
    .off = true,
};

/* As many as one isolate has numbers for. */
const tsgi_value_range tsgi_value_queue_size = {
    .low = 1,
    .high = 1 << 20,
    .preset = 1024,
    .text = "0 or a number from 1 to 1048576",
    .off = true,
};

const tsgi_value_range tsgi_value_queue_timeout = {
    .low = 100,
    .high = 24 * 60 * 60 * 1000,
    .preset = 30 * 1000,
    .text = "0 or a time from 100ms to 24h",
    .off = true,
};

bool tsgi_value_is_off(const tsgi_value_range *range, const char *value, size_t size)
{
    return range->off && size == 3 && memcmp(value, "off", 3) == 0;
}

const tsgi_value_range tsgi_value_graceful_timeout = {
    .low = 0,
    .high = 24 * 60 * 60 * 1000,
    .preset = 30 * 1000,
    .text = "a time from 0 to 24h",
};

const tsgi_value_range tsgi_value_max_requests = {
    .low = 1,
    .high = 1000000000,
    .preset = 0,
    .text = "0 or a number from 1 to 1000000000",
    .off = true,
};

const tsgi_value_range tsgi_value_max_age = {
    .low = 1000,
    .high = (uint64_t)365 * 24 * 60 * 60 * 1000,
    .preset = 0,
    .text = "0 or a time from 1s to 365d",
    .off = true,
};

const tsgi_value_range tsgi_value_idle_timeout = {
    .low = 1000,
    .high = (uint64_t)365 * 24 * 60 * 60 * 1000,
    .preset = 0,
    .text = "0 or a time from 1s to 365d",
    .off = true,
};

bool tsgi_value_is_in(const tsgi_value_range *range, uint64_t value)
{
    return (value >= range->low && value <= range->high) || (value == 0 && range->off);
}

/* An identifier of JavaScript, where the bytes of any other alphabet are taken on trust. */
const char *tsgi_value_check_callable(const char *value, size_t size)
{
    size_t i;

    for (i = 0; i < size; i++) {
        unsigned char c = (unsigned char)value[i];

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80 ||
            (i > 0 && c >= '0' && c <= '9')) {
            continue;
        }

        break;
    }

    return size > 0 && i == size ? NULL : "the name of an export";
}

const char *tsgi_value_check_interface(const char *value, size_t size)
{
    static const char *const known[] = {"auto", "tsgi", "fetch", "node", "listen"};

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strlen(known[i]) == size && memcmp(known[i], value, size) == 0) {
            return NULL;
        }
    }

    return "\"auto\", \"tsgi\", \"fetch\", \"node\" or \"listen\"";
}

const char *tsgi_value_check_target(const char *value, size_t size)
{
    bool right = size > 0 && value[0] == '/';

    for (size_t i = 0; i < size; i++) {
        right = right && value[i] > ' ' && value[i] < 0x7f && value[i] != '#';
    }

    return right ? NULL : "a path that begins with \"/\", perhaps with a query";
}

bool tsgi_value_is_below(const char *target, size_t size, const char *mount, size_t mount_size)
{
    while (mount_size > 0 && mount[mount_size - 1] == '/') {
        mount_size--;
    }

    return size >= mount_size && memcmp(target, mount, mount_size) == 0 &&
           (size == mount_size || target[mount_size] == '/' || target[mount_size] == '?');
}
