/*
 * Values that directives of every server take.  Each check returns NULL for a value that is
 * right, else what would be, to be set behind "it must be": "the name of an export".
 */

#ifndef TSGI_HOST_VALUE_H
#define TSGI_HOST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *tsgi_value_check_callable(const char *value, size_t size);

/* "auto", or one of the kinds of applications that src/server/loader knows. */
const char *tsgi_value_check_interface(const char *value, size_t size);

/* The target of a request, as a client would send it: a path, perhaps with a query. */
const char *tsgi_value_check_target(const char *value, size_t size);

/* Whether a target is at a mount or below it; see tsgi_view.mount. */
bool tsgi_value_is_below(const char *target, size_t size, const char *mount, size_t mount_size);

/* Numbers, sizes in bytes and times in milliseconds, both ends included. */
typedef struct tsgi_value_range {
    uint64_t low;
    uint64_t high;
    uint64_t preset;  /* where nobody says anything */
    const char *text; /* what a check would return */
    bool off;         /* 0 is right too, and means that there is none */
} tsgi_value_range;

/* The word "off", which is 0 where that is right. */
bool tsgi_value_is_off(const tsgi_value_range *range, const char *value, size_t size);

bool tsgi_value_is_in(const tsgi_value_range *range, uint64_t value);

extern const tsgi_value_range tsgi_value_threads;
extern const tsgi_value_range tsgi_value_max_applications;
extern const tsgi_value_range tsgi_value_nice;
extern const tsgi_value_range tsgi_value_buffer_size;
extern const tsgi_value_range tsgi_value_write_limit;
extern const tsgi_value_range tsgi_value_request_timeout;
extern const tsgi_value_range tsgi_value_startup_timeout;
extern const tsgi_value_range tsgi_value_stall_timeout;
extern const tsgi_value_range tsgi_value_memory_limit;
extern const tsgi_value_range tsgi_value_queue_size;
extern const tsgi_value_range tsgi_value_queue_timeout;
extern const tsgi_value_range tsgi_value_graceful_timeout;
extern const tsgi_value_range tsgi_value_max_requests;
extern const tsgi_value_range tsgi_value_max_age;
extern const tsgi_value_range tsgi_value_idle_timeout;

#endif
