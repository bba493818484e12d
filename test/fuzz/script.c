/*
 * The path below a directory of scripts that a client asks for, and the values of two directives.
 *
 *     byte   how: 0 a path below the directory, 1 an export, 2 an interface; + 4: with a slash at its end
 *     rest   the text
 *
 * Whatever is found is the directory and so much of the path as is said to be used; it has no segment that is
 * hidden, it ends as scripts end, and is no link that leads out.  The values are checked against a
 * slower statement of their rules.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/script.h"
#include "host/value.h"
#include "input.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);

static char folder[] = "/tmp/tsgi-fuzz-XXXXXX";
static char root[sizeof(folder) + 8];

static void put(const char *name, bool is_folder)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);

    if (is_folder) {
        MUST(mkdir(path, 0700) == 0);
    } else {
        int fd = open(path, O_CREAT | O_WRONLY, 0600);

        MUST(fd >= 0 && close(fd) == 0);
    }
}

static void link_to(const char *name, const char *target)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    MUST(symlink(target, path) == 0);
}

static const char *const folders[] = {"root", "root/sub", "root/sub/node_modules", "root/.git"};
static const char *const files[] = {"outside.js",          "root/a.js",
                                    "root/note.txt",       "root/.hidden.js",
                                    "root/sub/deep.mts",   "root/sub/node_modules/x.js",
                                    "root/.git/config.ts", "root/sub/.js"};
static const char *const links[] = {"root/out.js", "root/in.js"};

enum { FOLDERS = sizeof(folders) / sizeof(folders[0]), FILES = sizeof(files) / sizeof(files[0]) };

static void clean(void)
{
    MUST(chdir(folder) == 0);

    for (size_t i = 0; i < FILES; i++) {
        unlink(files[i]);
    }

    unlink(links[0]);
    unlink(links[1]);

    for (size_t i = FOLDERS; i > 0; i--) {
        rmdir(folders[i - 1]);
    }

    rmdir(folder);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    MUST(mkdtemp(folder) != NULL);
    atexit(clean);

    for (size_t i = 0; i < FOLDERS; i++) {
        put(folders[i], true);
    }

    for (size_t i = 0; i < FILES; i++) {
        put(files[i], false);
    }

    link_to(links[0], "../outside.js");
    link_to(links[1], "a.js");
    snprintf(root, sizeof(root), "%s/root", folder);

    return 0;
}

/* ---- paths ---- */

/* There are three files that may be found, and each is found by one path. */
static bool may_be_found(const char *rest, size_t size)
{
    static const char *const found[] = {"/a.js", "/in.js", "/sub/deep.mts"};

    for (size_t i = 0; i < sizeof(found) / sizeof(found[0]); i++) {
        if (strlen(found[i]) == size && memcmp(found[i], rest, size) == 0) {
            return true;
        }
    }

    return false;
}

static void look_below(const char *rest, size_t size, bool slash)
{
    char directory[sizeof(root) + 1];
    char path[PATH_MAX];
    size_t used = 0;

    snprintf(directory, sizeof(directory), "%s%s", root, slash ? "/" : "");

    /* Memory that ends where it has to be enough. */
    size_t room = strlen(directory) + size + 1;
    char *exact = malloc(room);

    MUST(exact != NULL);

    tsgi_script_status status = tsgi_script_below(directory, rest, size, exact, room, &used);

    MUST(status != TSGI_SCRIPT_SYSTEM || errno != ENAMETOOLONG || size >= NAME_MAX);

    if (status == TSGI_SCRIPT_FOUND) {
        snprintf(path, sizeof(path), "%s%.*s", root, (int)used, rest);
        MUST(used <= size && may_be_found(rest, used));
        MUST(used == size || rest[used] == '/');
        MUST(strcmp(exact, path) == 0);
    }

    free(exact);
}

/* ---- values ---- */

static bool is_export(const char *text, size_t size)
{
    static const char first[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";

    for (size_t i = 0; i < size; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';

        if (text[i] == '\0' ||
            !(strchr(first, text[i]) != NULL || (text[i] & 0x80) != 0 || (is_digit && i > 0))) {
            return false;
        }
    }

    return size > 0;
}

static bool is_interface(const char *text, size_t size)
{
    char all[] = " auto tsgi fetch node listen ";
    char *word = malloc(size + 3);

    MUST(word != NULL);
    word[0] = ' ';
    memcpy(word + 1, text, size);
    memcpy(word + 1 + size, " ", 2);

    bool found = strlen(word) == size + 2 && strchr(word + 1, ' ') == word + 1 + size && size > 0 &&
                 strstr(all, word) != NULL;

    free(word);

    return found;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input input = {data, size};
    uint8_t how = input_byte(&input);
    char *text = input_bytes(&input, input.size, &size);

    switch ((how & 3) % 3) {
    case 0:
        look_below(text, size, (how & 4) != 0);
        break;
    case 1:
        MUST((tsgi_value_check_callable(text, size) == NULL) == is_export(text, size));
        break;
    default:
        MUST(size == 0 ||
             (tsgi_value_check_interface(text, size) == NULL) == is_interface(text, size));
    }

    free(text);

    return 0;
}
