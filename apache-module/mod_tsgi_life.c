/*
 * When another isolate takes the place of one: because files have changed, it has served its
 * time, or nobody needs it.
 */

#include "mod_tsgi.h"

#include <host/value.h>

void mod_tsgi_life_init(mod_tsgi_life *life)
{
    life->reload = MOD_TSGI_UNSET;
    life->graceful_timeout = MOD_TSGI_UNSET;
    life->max_requests = MOD_TSGI_UNSET;
    life->max_requests_jitter = MOD_TSGI_UNSET;
    life->max_age = MOD_TSGI_UNSET;
    life->idle_timeout = MOD_TSGI_UNSET;
}

#define INHERIT(field, unset) (merged.field = inner->field == (unset) ? outer->field : inner->field)

mod_tsgi_life mod_tsgi_life_merge(const mod_tsgi_life *outer, const mod_tsgi_life *inner)
{
    mod_tsgi_life merged;

    INHERIT(reload, MOD_TSGI_UNSET);
    INHERIT(graceful_timeout, MOD_TSGI_UNSET);
    INHERIT(max_requests, MOD_TSGI_UNSET);
    INHERIT(max_age, MOD_TSGI_UNSET);
    INHERIT(idle_timeout, MOD_TSGI_UNSET);
    INHERIT(warmup, NULL);

    /* It belongs to its number. */
    merged.max_requests_jitter = inner->max_requests == MOD_TSGI_UNSET ? outer->max_requests_jitter
                                                                       : inner->max_requests_jitter;

    return merged;
}

static uint64_t in_force(apr_int64_t value, uint64_t preset)
{
    return value == MOD_TSGI_UNSET ? preset : (uint64_t)value;
}

void mod_tsgi_life_fill(const mod_tsgi_life *life, tsgi_group_options *options)
{
    options->reload = (uint32_t)mod_tsgi_is_on(life->reload, 1);
    options->graceful_timeout =
        in_force(life->graceful_timeout, tsgi_value_graceful_timeout.preset);
    options->max_requests = in_force(life->max_requests, tsgi_value_max_requests.preset);
    options->max_requests_jitter = in_force(life->max_requests_jitter, 0);
    options->max_age = in_force(life->max_age, tsgi_value_max_age.preset);
    options->idle_timeout = in_force(life->idle_timeout, tsgi_value_idle_timeout.preset);
}

/* A number by itself; the table's own functions know what is around them. */
static int parse(const char *text, const tsgi_value_range *range, apr_int64_t *number)
{
    char *end;

    if (tsgi_value_is_off(range, text, strlen(text))) {
        *number = 0;
        return 1;
    }

    errno = 0;
    *number = apr_strtoi64(text, &end, 10);

    return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0' &&
           tsgi_value_is_in(range, (uint64_t)*number);
}

const char *mod_tsgi_set_max_requests(cmd_parms *cmd, void *conf, const char *number,
                                      const char *jitter)
{
    mod_tsgi_life *life = &((mod_tsgi_dir_conf *)conf)->life;
    const tsgi_value_range *range = &tsgi_value_max_requests;

    if (!parse(number, range, &life->max_requests)) {
        return mod_tsgi_refuse(cmd, number, range->text);
    }

    life->max_requests_jitter = 0;

    if (jitter != NULL && !parse(jitter, range, &life->max_requests_jitter)) {
        return mod_tsgi_refuse(cmd, jitter, range->text);
    }

    return NULL;
}

const char *mod_tsgi_set_warmup(cmd_parms *cmd, void *conf, const char *value)
{
    const char *right = tsgi_value_check_target(value, strlen(value));

    if (right != NULL) {
        return mod_tsgi_refuse(cmd, value, right);
    }

    ((mod_tsgi_dir_conf *)conf)->life.warmup = value;

    return NULL;
}
