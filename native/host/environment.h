/* process.env of an application group, put together by a server's configuration. */

#ifndef TSGI_HOST_ENVIRONMENT_H
#define TSGI_HOST_ENVIRONMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "tsgi/api.h"

/* What is passed on from the server's own environment when nothing is said: PATH, LANG, TZ. */
#define TSGI_ENVIRONMENT_USUAL 3
extern const char *const tsgi_environment_usual[TSGI_ENVIRONMENT_USUAL];

/* A name as shells know them: letters, digits and '_', and no digit first. */
bool tsgi_environment_is_name(const char *name, size_t size);

/* Sets `name` among the first *count variables, which have room for one more.  Texts are
 * borrowed. */
void tsgi_environment_set(tsgi_variable *variables, size_t *count, const char *name,
                          const char *value);

/* The same variables with the same values, in whatever order; no name is there twice. */
bool tsgi_environment_same(const tsgi_variable *one, size_t one_count, const tsgi_variable *two,
                           size_t two_count);

#endif
