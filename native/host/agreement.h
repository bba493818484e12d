/*
 * Whether two places of a configuration describe one application group alike.
 *
 * A group has one of everything in tsgi_group_options.  Which place comes first to open it is
 * chance, so all of them have to agree.
 */

#ifndef TSGI_HOST_AGREEMENT_H
#define TSGI_HOST_AGREEMENT_H

#include "tsgi/api.h"

/* The names of a server's directives for what a group has. */
typedef struct tsgi_group_words {
    const char *threads;
    const char *startup_timeout;
    const char *stall_timeout;
    const char *memory_limit;
    const char *queue_size;
    const char *reload;
    const char *graceful_timeout;
    const char *max_requests;
    const char *max_age;
    const char *idle_timeout;
    const char *module_path;
    const char *env;
} tsgi_group_words;

/* The directive that the two are at odds on; NULL: none. */
const char *tsgi_group_dissent(const tsgi_group_words *words, const tsgi_group_options *one,
                               const tsgi_group_options *two);

#endif
