/* process.env of a group. */

#include "check.h"
#include "host/environment.h"

static void names(void)
{
    static const char *const right[] = {"A", "a", "_", "NODE_ENV", "a1", "_1"};
    static const char *const wrong[] = {"", "1A", "A-B", "A B", "A=", "\xc3\xa9", "A\n"};

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(tsgi_environment_is_name(right[i], strlen(right[i])));
    }

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(!tsgi_environment_is_name(wrong[i], strlen(wrong[i])));
    }

    CHECK(tsgi_environment_is_name("NAME=value", 4));
}

static void the_usual(void)
{
    CHECK_TEXT(tsgi_environment_usual[0], strlen(tsgi_environment_usual[0]), "PATH");
    CHECK_TEXT(tsgi_environment_usual[1], strlen(tsgi_environment_usual[1]), "LANG");
    CHECK_TEXT(tsgi_environment_usual[2], strlen(tsgi_environment_usual[2]), "TZ");
}

static void the_last_value_holds(void)
{
    tsgi_variable variables[3];
    size_t count = 0;

    tsgi_environment_set(variables, &count, "PATH", "/bin");
    tsgi_environment_set(variables, &count, "TZ", "UTC");
    CHECK_INT(count, 2);
    tsgi_environment_set(variables, &count, "PATH", "/usr/bin");
    CHECK_INT(count, 2);
    CHECK_TEXT(variables[0].name, strlen(variables[0].name), "PATH");
    CHECK_TEXT(variables[0].value, strlen(variables[0].value), "/usr/bin");
    tsgi_environment_set(variables, &count, "PAT", "");
    CHECK_INT(count, 3);
    CHECK_TEXT(variables[1].value, strlen(variables[1].value), "UTC");
    CHECK_TEXT(variables[2].name, strlen(variables[2].name), "PAT");
    CHECK_TEXT(variables[2].value, strlen(variables[2].value), "");
}

static void order_does_not_count(void)
{
    static const tsgi_variable one[] = {{"A", "1"}, {"B", "2"}, {"C", ""}};
    static const tsgi_variable turned[] = {{"C", ""}, {"A", "1"}, {"B", "2"}};
    static const tsgi_variable value[] = {{"A", "1"}, {"B", "3"}, {"C", ""}};
    static const tsgi_variable name[] = {{"A", "1"}, {"D", "2"}, {"C", ""}};
    static const tsgi_variable swapped[] = {{"A", "2"}, {"B", "1"}, {"C", ""}};

    CHECK(tsgi_environment_same(one, 3, one, 3));
    CHECK(tsgi_environment_same(one, 3, turned, 3));
    CHECK(tsgi_environment_same(NULL, 0, NULL, 0));
    CHECK(!tsgi_environment_same(one, 3, value, 3));
    CHECK(!tsgi_environment_same(one, 3, name, 3));
    CHECK(!tsgi_environment_same(one, 3, swapped, 3));
    CHECK(!tsgi_environment_same(one, 2, one, 3));
    CHECK(!tsgi_environment_same(one, 3, one, 2));
    CHECK(!tsgi_environment_same(NULL, 0, one, 1));
}

int main(void)
{
    RUN(names);
    RUN(the_usual);
    RUN(the_last_value_holds);
    RUN(order_does_not_count);

    return check_result();
}
