/* Header rules, byte by byte. */

#include <ctype.h>

#include "check.h"
#include "core/header.h"

static void a_token_is_tchars_and_nothing_else(void)
{
    for (int c = 0; c < 256; c++) {
        char text[] = {'X', (char)c, 'Y'};
        int tchar = c < 128 && (isalnum(c) || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL));

        CHECK_INT(tsgi_header_is_token(text, 3), tchar);
        CHECK_INT(tsgi_header_is_token(text + 1, 1), tchar);
    }

    CHECK(!tsgi_header_is_token("", 0));
}

static void a_value_is_anything_but_cr_lf_nul(void)
{
    for (int c = 0; c < 256; c++) {
        char text[] = {'a', (char)c};

        CHECK_INT(tsgi_header_is_value(text, 2), c != '\r' && c != '\n' && c != '\0');
    }

    CHECK(tsgi_header_is_value("", 0));
}

static void a_reason_has_no_control_byte(void)
{
    for (int c = 0; c < 256; c++) {
        char text[] = {'O', (char)c};

        CHECK_INT(tsgi_header_is_reason(text, 2), c >= 0x20 && c != 0x7f);
    }
}

static void what_belongs_to_the_server_is_forbidden_in_any_case(void)
{
    static const char *const names[] = {
        "Connection", "keep-alive", "Proxy-Authenticate", "PROXY-AUTHORIZATION", "Proxy-Connection",
        "Te",         "trailer",    "Trailers",           "Transfer-Encoding",   "uPGRADE",
        "Status",
    };
    static const char *const others[] = {"Content-Type", "Content-Length",
                                         "Connectio",    "Connections",
                                         "X-Status",     "T",
                                         "Set-Cookie",   ""};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!tsgi_header_is_forbidden(names[i], strlen(names[i]))) {
            fprintf(stderr, "%s:\n", names[i]);
        }

        CHECK(tsgi_header_is_forbidden(names[i], strlen(names[i])));
    }

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        CHECK(!tsgi_header_is_forbidden(others[i], strlen(others[i])));
    }
}

static int64_t length(const char *text)
{
    return tsgi_header_length(text, strlen(text));
}

static void a_length_is_digits_that_fit(void)
{
    CHECK_INT(length("0"), 0);
    CHECK_INT(length("00017"), 17);
    CHECK_INT(length("9223372036854775807"), INT64_MAX);
    CHECK_INT(length("9223372036854775808"), -1);
    CHECK_INT(length("99999999999999999999"), -1);
    CHECK_INT(length(""), -1);
    CHECK_INT(length("-1"), -1);
    CHECK_INT(length("+1"), -1);
    CHECK_INT(length(" 1"), -1);
    CHECK_INT(length("1 "), -1);
    CHECK_INT(length("1,1"), -1);
    CHECK_INT(length("0x1"), -1);
    CHECK_INT(length("1.0"), -1);
    CHECK_INT(tsgi_header_length("1\0", 2), -1);
    CHECK_INT(tsgi_header_length("12345", 3), 123);
}

static void equality_folds_ascii_letters_only(void)
{
    CHECK(tsgi_header_equal("CoNtEnT", 7, "content", 7));
    CHECK(!tsgi_header_equal("content", 7, "conten", 6));
    CHECK(!tsgi_header_equal("@", 1, "`", 1));
    CHECK(!tsgi_header_equal("[", 1, "{", 1));
    CHECK(!tsgi_header_equal("\xc4", 1, "\xe4", 1));
}

int main(void)
{
    RUN(a_token_is_tchars_and_nothing_else);
    RUN(a_value_is_anything_but_cr_lf_nul);
    RUN(a_reason_has_no_control_byte);
    RUN(what_belongs_to_the_server_is_forbidden_in_any_case);
    RUN(a_length_is_digits_that_fit);
    RUN(equality_folds_ascii_letters_only);

    return check_result();
}
