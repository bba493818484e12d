#include "agreement.h"

#include <string.h>

#include "environment.h"

static bool same_text(const char *one, const char *two)
{
    return strcmp(one == NULL ? "" : one, two == NULL ? "" : two) == 0;
}

static const char *life_dissent(const tsgi_group_words *words, const tsgi_group_options *one,
                                const tsgi_group_options *two)
{
    if (one->reload != two->reload) {
        return words->reload;
    }

    if (one->graceful_timeout != two->graceful_timeout) {
        return words->graceful_timeout;
    }

    if (one->max_requests != two->max_requests ||
        one->max_requests_jitter != two->max_requests_jitter) {
        return words->max_requests;
    }

    if (one->max_age != two->max_age) {
        return words->max_age;
    }

    return one->idle_timeout != two->idle_timeout ? words->idle_timeout : NULL;
}

const char *tsgi_group_dissent(const tsgi_group_words *words, const tsgi_group_options *one,
                               const tsgi_group_options *two)
{
    if (one->threads != two->threads) {
        return words->threads;
    }

    if (one->startup_timeout != two->startup_timeout) {
        return words->startup_timeout;
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

    const char *life = life_dissent(words, one, two);

    if (life != NULL) {
        return life;
    }

    if (!same_text(one->module_path, two->module_path)) {
        return words->module_path;
    }

    return tsgi_environment_same(one->env, one->env_count, two->env, two->env_count) ? NULL
                                                                                     : words->env;
}
