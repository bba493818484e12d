#include "header.h"

#include <string.h>

/* tchar of RFC 9110, 5.6.2. */
static const uint8_t is_tchar[256] = {
    ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1, ['&'] = 1, ['\''] = 1, ['*'] = 1, ['+'] = 1,
    ['-'] = 1, ['.'] = 1, ['^'] = 1, ['_'] = 1, ['`'] = 1, ['|'] = 1,  ['~'] = 1, ['0'] = 1,
    ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1,  ['7'] = 1, ['8'] = 1,
    ['9'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1,  ['F'] = 1, ['G'] = 1,
    ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1, ['M'] = 1,  ['N'] = 1, ['O'] = 1,
    ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1, ['U'] = 1,  ['V'] = 1, ['W'] = 1,
    ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1,  ['d'] = 1, ['e'] = 1,
    ['f'] = 1, ['g'] = 1, ['h'] = 1, ['i'] = 1, ['j'] = 1, ['k'] = 1,  ['l'] = 1, ['m'] = 1,
    ['n'] = 1, ['o'] = 1, ['p'] = 1, ['q'] = 1, ['r'] = 1, ['s'] = 1,  ['t'] = 1, ['u'] = 1,
    ['v'] = 1, ['w'] = 1, ['x'] = 1, ['y'] = 1, ['z'] = 1,
};

bool tsgi_header_is_token(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_tchar[(uint8_t)text[i]]) {
            return false;
        }
    }

    return size > 0;
}

bool tsgi_header_is_value(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '\r' || text[i] == '\n' || text[i] == '\0') {
            return false;
        }
    }

    return true;
}

bool tsgi_header_is_reason(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((uint8_t)text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }

    return true;
}

static char lower(char c)
{
    return (c >= 'A' && c <= 'Z') ? (char)(c | 0x20) : c;
}

bool tsgi_header_equal(const char *left, size_t left_size, const char *right, size_t right_size)
{
    if (left_size != right_size) {
        return false;
    }

    for (size_t i = 0; i < left_size; i++) {
        if (lower(left[i]) != lower(right[i])) {
            return false;
        }
    }

    return true;
}

bool tsgi_header_is_forbidden(const char *name, size_t size)
{
    static const char *const forbidden[] = {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "status",
        "te",
        "trailer",
        "trailers",
        "transfer-encoding",
        "upgrade",
    };

    for (size_t i = 0; i < sizeof(forbidden) / sizeof(forbidden[0]); i++) {
        if (tsgi_header_equal(name, size, forbidden[i], strlen(forbidden[i]))) {
            return true;
        }
    }

    return false;
}

int64_t tsgi_header_length(const char *value, size_t size)
{
    int64_t length = 0;

    if (size == 0) {
        return -1;
    }

    for (size_t i = 0; i < size; i++) {
        int digit = value[i] - '0';

        if (digit < 0 || digit > 9 || length > (INT64_MAX - digit) / 10) {
            return -1;
        }

        length = length * 10 + digit;
    }

    return length;
}
