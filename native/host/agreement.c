#include "agreement.h"

#include <string.h>

#include "environment.h"

static bool same_text(const char *one, const char *two)
{
    return strcmp(one == NULL ? "" : one, two == NULL ? "" : two) == 0;
}

const char *tsgi_group_dissent(const tsgi_group_words *words, const tsgi_group_options *one,
                               const tsgi_group_options *two)
{
    if (one->threads != two->threads) {
        return words->threads;
    }

    if (one->stall_timeout != two->stall_timeout) {
        return words->stall_timeout;
    }

    if (one->memory_limit != two->memory_limit) {
        return words->memory_limit;
    }

    if (one->queue_size != two->queue_size) {
        return words->queue_size;
    }

    if (!same_text(one->module_path, two->module_path)) {
        return words->module_path;
    }

    return tsgi_environment_same(one->env, one->env_count, two->env, two->env_count) ? NULL
                                                                                     : words->env;
}
