#include "environment.h"

#include <string.h>

const char *const tsgi_environment_usual[TSGI_ENVIRONMENT_USUAL] = {"PATH", "LANG", "TZ"};

bool tsgi_environment_is_name(const char *name, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = name[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
              (i > 0 && c >= '0' && c <= '9'))) {
            return false;
        }
    }

    return size > 0;
}

void tsgi_environment_set(tsgi_variable *variables, size_t *count, const char *name,
                          const char *value)
{
    size_t i = 0;

    while (i < *count && strcmp(variables[i].name, name) != 0) {
        i++;
    }

    if (i == *count) {
        variables[i].name = name;
        ++*count;
    }

    variables[i].value = value;
}

bool tsgi_environment_same(const tsgi_variable *one, size_t one_count, const tsgi_variable *two,
                           size_t two_count)
{
    if (one_count != two_count) {
        return false;
    }

    for (size_t i = 0; i < one_count; i++) {
        size_t j = 0;

        while (j < two_count &&
               (strcmp(one[i].name, two[j].name) != 0 || strcmp(one[i].value, two[j].value) != 0)) {
            j++;
        }

        if (j == two_count) {
            return false;
        }
    }

    return true;
}
