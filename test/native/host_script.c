/* Which files below a directory are scripts of a URI. */

#include <errno.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "check.h"
#include "folder.h"
#include "host/script.h"

#define SOMEBODY 65534

static char scripts[PATH_MAX]; /* the directory */

static void make_scripts(void)
{
    static const char *const folders[] = {
        "scripts",         "scripts/shop",         "scripts/shop/deep",
        "scripts/.hidden", "scripts/node_modules", "scripts/shop/node_modules",
        "scripts/dir.ts",  "scripts-twin",
    };
    static const char *const files[] = {
        "scripts/a.mjs",         "scripts/shop/b.ts",          "scripts/shop/deep/c.cjs",
        "scripts/.hidden/d.mjs", "scripts/node_modules/e.mjs", "scripts/shop/node_modules/e.mjs",
        "scripts/.f.mjs",        "scripts/plain.txt",          "scripts/node_modules.js",
        "scripts/dir.ts/g.mjs",  "scripts/with space.mts",     "scripts-twin/h.mjs",
        "outside.mjs",
    };
    static const char *const links[][2] = {
        {"../outside.mjs", "scripts/out.mjs"},
        {"../scripts-twin/h.mjs", "scripts/twin.mjs"},
        {"..", "scripts/up"},
        {"shop/b.ts", "scripts/in.mjs"},
        {"shop", "scripts/market"},
        {"a.mjs", "scripts/other-name.txt"},
        {"loop.mjs", "scripts/loop.mjs"},
        {"nowhere.mjs", "scripts/dangling.mjs"},
        {"scripts", "link"},
    };

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        folder_add(folders[i]);
    }

    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        folder_write(files[i]);
    }

    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        folder_need(symlink(links[i][0], links[i][1]) == 0, links[i][1]);
    }

    folder_need(mkfifo("scripts/pipe.mjs", 0644) == 0, "scripts/pipe.mjs");
    (void)snprintf(scripts, sizeof(scripts), "%.4000s/scripts", folder);
}

typedef struct answer {
    tsgi_script_status status;
    int error;
    size_t used;
    char path[2 * PATH_MAX];
} answer;

/* Gives neither a byte of `rest` nor one of `path` more than the header asks for. */
static answer ask(const char *directory, const char *rest, size_t rest_size)
{
    answer answer = {.used = SIZE_MAX};
    size_t size = strlen(directory) + rest_size + 1;
    char *exact = malloc(rest_size + (rest_size == 0));
    char *path = malloc(size);

    folder_need(exact != NULL && path != NULL, "malloc");
    memcpy(exact, rest, rest_size);
    errno = 0;
    answer.status = tsgi_script_below(directory, exact, rest_size, path, size, &answer.used);
    answer.error = errno;
    (void)snprintf(answer.path, sizeof(answer.path), "%s", path);
    free(exact);
    free(path);

    return answer;
}

static void expect_found(const char *directory, const char *rest, const char *file, size_t used)
{
    answer answer = ask(directory, rest, strlen(rest));
    char expected[PATH_MAX];

    (void)snprintf(expected, sizeof(expected), "%.4000s%s", scripts, file);
    CHECK_INT(answer.status, TSGI_SCRIPT_FOUND);
    CHECK_TEXT(answer.path, strlen(answer.path), expected);
    CHECK_INT(answer.used, used);
}

static void expect(const char *rest, tsgi_script_status status, int error)
{
    answer answer = ask(scripts, rest, strlen(rest));

    if (answer.status != status) {
        fprintf(stderr, "%s:\n", rest);
    }

    CHECK_INT(answer.status, status);

    if (status == TSGI_SCRIPT_SYSTEM) {
        CHECK_INT(answer.error, error);
    }
}

static void files_are_found(void)
{
    expect_found(scripts, "/a.mjs", "/a.mjs", 6);
    expect_found(scripts, "/shop/b.ts", "/shop/b.ts", 10);
    expect_found(scripts, "/with space.mts", "/with space.mts", 15);
    expect_found(scripts, "/dir.ts/g.mjs", "/dir.ts/g.mjs", 13);
    expect_found(scripts, "/node_modules.js", "/node_modules.js", 16);
}

/* What follows the file is the application's, however it looks. */
static void the_first_file_ends_the_descent(void)
{
    expect_found(scripts, "/a.mjs/", "/a.mjs", 6);
    expect_found(scripts, "/a.mjs//", "/a.mjs", 6);
    expect_found(scripts, "/a.mjs/shop/b.ts", "/a.mjs", 6);
    expect_found(scripts, "/a.mjs/../../outside.mjs", "/a.mjs", 6);
    expect_found(scripts, "/shop/deep/c.cjs/.x/node_modules", "/shop/deep/c.cjs", 16);
}

static void nothing_else_is(void)
{
    static const char *const none[] = {
        "",        "/",           "//",        "/shop",      "/shop/",       "/shop//",
        "a.mjs",   "/dir.ts",     "/dir.ts/",  "/plain.txt", "/plain.txt/x", "/other-name.txt",
        "//a.mjs", "/shop//b.ts", "/pipe.mjs", "shop/b.ts",
    };
    static const char *const absent[] = {"/none.mjs", "/a.mjsx",         "/a.mj",
                                         "/A.mjs",    "/shop/none/b.ts", "/dangling.mjs"};

    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
        expect(none[i], TSGI_SCRIPT_NONE, 0);
    }

    for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
        expect(absent[i], TSGI_SCRIPT_SYSTEM, ENOENT);
    }

    expect("/loop.mjs", TSGI_SCRIPT_SYSTEM, ELOOP);
}

static void hidden_segments_are_not_there(void)
{
    static const char *const hidden[] = {
        "/.f.mjs",
        "/.hidden/d.mjs",
        "/shop/./b.ts",
        "/node_modules/e.mjs",
        "/shop/node_modules/e.mjs",
        "/.",
        "/..",
        "/.none",
    };

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        expect(hidden[i], TSGI_SCRIPT_NONE, 0);
    }
}

static void no_way_leads_upwards(void)
{
    expect("/../outside.mjs", TSGI_SCRIPT_NONE, 0);
    expect("/shop/../../outside.mjs", TSGI_SCRIPT_NONE, 0);
    expect("/shop/../a.mjs", TSGI_SCRIPT_NONE, 0);
    expect("/out.mjs", TSGI_SCRIPT_OUTSIDE, 0);
    expect("/out.mjs/x", TSGI_SCRIPT_OUTSIDE, 0);
    expect("/up/outside.mjs", TSGI_SCRIPT_OUTSIDE, 0);

    /* Its path begins as the directory's does. */
    expect("/twin.mjs", TSGI_SCRIPT_OUTSIDE, 0);
    expect("/up/scripts-twin/h.mjs", TSGI_SCRIPT_OUTSIDE, 0);
}

static void links_inside_are_good(void)
{
    expect_found(scripts, "/in.mjs/x", "/in.mjs", 7);
    expect_found(scripts, "/market/b.ts", "/market/b.ts", 12);
    expect_found(scripts, "/up/scripts/a.mjs", "/up/scripts/a.mjs", 17);
}

static void a_nul_cuts_nothing_short(void)
{
    CHECK_INT(ask(scripts, "/plain.txt\0.mjs", 15).status, TSGI_SCRIPT_NONE);
    CHECK_INT(ask(scripts, "/a.mjs\0.txt", 11).status, TSGI_SCRIPT_NONE);
    CHECK_INT(ask(scripts, "/shop\0/b.ts", 11).status, TSGI_SCRIPT_NONE);
}

static void the_directory_may_be_written_in_any_way(void)
{
    char other[PATH_MAX];

    (void)snprintf(other, sizeof(other), "%.4000s/", scripts);
    expect_found(other, "/a.mjs/x", "/a.mjs", 6);
    (void)snprintf(other, sizeof(other), "%.4000s///", scripts);
    expect_found(other, "/shop/b.ts", "/shop/b.ts", 10);
    CHECK_INT(ask(other, "/out.mjs", 8).status, TSGI_SCRIPT_OUTSIDE);

    answer linked = ask("link", "/a.mjs", 6);

    CHECK_INT(linked.status, TSGI_SCRIPT_FOUND);
    CHECK_TEXT(linked.path, strlen(linked.path), "link/a.mjs");
    CHECK_INT(ask("link", "/out.mjs", 8).status, TSGI_SCRIPT_OUTSIDE);

    /* Nothing is outside of the root. */
    (void)snprintf(other, sizeof(other), "%.4000s/a.mjs", scripts);

    if (strstr(other, "/.") == NULL && strstr(other, "node_modules") == NULL) {
        answer from_root = ask("/", other, strlen(other));

        CHECK_INT(from_root.status, TSGI_SCRIPT_FOUND);
        CHECK_TEXT(from_root.path, strlen(from_root.path), other);
    }

    CHECK_INT(ask("", other, strlen(other)).status, TSGI_SCRIPT_SYSTEM);
    CHECK_INT(ask("none", "/a.mjs", 6).status, TSGI_SCRIPT_SYSTEM);
}

/* Down through folders that are there, until the whole is more than the system takes. */
static void too_long_a_path(void)
{
    char name[PATH_MAX];
    char rest[2 * PATH_MAX] = "";
    size_t length = strlen(scripts);

    (void)memset(name, 'n', 255);
    name[255] = '\0';
    folder_need(chdir(scripts) == 0, scripts);

    for (size_t size = 0; length + size + 1 + 255 < PATH_MAX; size += 1 + 255) {
        rest[size] = '/';
        memcpy(rest + size + 1, name, 256);
        folder_need(mkdir(rest + 1, 0755) == 0, "mkdir");
    }

    folder_need(chdir(folder) == 0, folder);
    expect(rest, TSGI_SCRIPT_NONE, 0);
    (void)strcat(strcat(rest, "/"), name);
    expect(rest, TSGI_SCRIPT_SYSTEM, ENAMETOOLONG);

    (void)snprintf(rest, sizeof(rest), "/%sn.mjs", name);
    expect(rest, TSGI_SCRIPT_SYSTEM, ENAMETOOLONG);
}

static void too_small_a_buffer(void)
{
    static const char rest[] = "/shop/b.ts";
    size_t full = strlen(scripts) + strlen(rest) + 1;
    char path[PATH_MAX + 16];
    size_t used;

    for (size_t size = 0; size <= full; size++) {
        (void)memset(path, '#', sizeof(path));

        tsgi_script_status status =
            tsgi_script_below(scripts, rest, strlen(rest), path, size, &used);

        CHECK_INT(status, size == full ? TSGI_SCRIPT_FOUND : TSGI_SCRIPT_SYSTEM);
        CHECK(size == full || errno == ENAMETOOLONG);
        CHECK(size == 0 || memchr(path, '\0', size) != NULL);
        CHECK_INT(path[size], '#');
    }
}

static void endings(void)
{
    static const char *const right[] = {"a.js",  "a.mjs",   "a.cjs", "a.ts",
                                        "a.mts", "/x/a.js", "..js",  "a.b.ts"};
    static const char *const wrong[] = {"",      ".js",  ".mts",  "/.js", "a/.ts", "a.cts", "a.jsx",
                                        "a.tsx", "a.JS", "a.js/", "js",   "ajs",   "a.json"};

    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(tsgi_script_has_ending(right[i], strlen(right[i])));
        CHECK(strstr(TSGI_SCRIPT_ENDINGS, strrchr(right[i], '.')) != NULL);
    }

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(!tsgi_script_has_ending(wrong[i], strlen(wrong[i])));
    }

    CHECK(tsgi_script_has_ending("a.jsonXX", 4));
    CHECK(!tsgi_script_has_ending("a.js", 3));
}

/* In a process of somebody who is not root, to whom nothing is unreadable.  errno, or 0. */
static int check_as_somebody(const char *path, tsgi_script_fault expected)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        if (geteuid() == 0 && (setgid(SOMEBODY) == -1 || setuid(SOMEBODY) == -1)) {
            _exit(255);
        }

        errno = 0;
        _exit(tsgi_script_check(path) == expected ? errno : 255);
    }

    folder_need(child != -1 && waitpid(child, &status, 0) == child && WIFEXITED(status), "fork");

    return WEXITSTATUS(status);
}

static void configured_scripts(void)
{
    CHECK_INT(tsgi_script_check("scripts/a.mjs"), TSGI_SCRIPT_FILE);
    CHECK_INT(tsgi_script_check("scripts/in.mjs"), TSGI_SCRIPT_FILE);
    CHECK_INT(tsgi_script_check("scripts"), TSGI_SCRIPT_DIRECTORY);
    CHECK_INT(tsgi_script_check("link/"), TSGI_SCRIPT_DIRECTORY);
    CHECK_INT(tsgi_script_check("scripts/dir.ts"), TSGI_SCRIPT_DIRECTORY);
    CHECK_INT(tsgi_script_check("scripts/plain.txt"), TSGI_SCRIPT_ENDING);
    CHECK_INT(tsgi_script_check("scripts/pipe.mjs"), TSGI_SCRIPT_KIND);
    CHECK_INT(tsgi_script_check("/dev/null"), TSGI_SCRIPT_KIND);

    errno = 0;
    CHECK_INT(tsgi_script_check("scripts/none.mjs"), TSGI_SCRIPT_ABSENT);
    CHECK_INT(errno, ENOENT);
    CHECK_INT(tsgi_script_check("scripts/a.mjs/"), TSGI_SCRIPT_ABSENT);
    CHECK_INT(errno, ENOTDIR);
}

static void configured_scripts_that_cannot_be_read(void)
{
    folder_add("closed");
    folder_write("closed.mjs");
    folder_write("closed.txt");
    CHECK_INT(check_as_somebody("closed.mjs", TSGI_SCRIPT_FILE), 0);
    CHECK_INT(check_as_somebody("closed", TSGI_SCRIPT_DIRECTORY), 0);

    folder_need(chmod("closed.mjs", 0) == 0 && chmod("closed.txt", 0) == 0, "chmod");
    CHECK_INT(check_as_somebody("closed.mjs", TSGI_SCRIPT_UNREADABLE), EACCES);
    CHECK_INT(check_as_somebody("closed.txt", TSGI_SCRIPT_ENDING), 0);

    /* To be read without being searched, and the other way round. */
    folder_need(chmod("closed", 0444) == 0, "chmod");
    CHECK_INT(check_as_somebody("closed", TSGI_SCRIPT_UNREADABLE), EACCES);
    CHECK_INT(check_as_somebody("closed/x.mjs", TSGI_SCRIPT_ABSENT), EACCES);
    folder_need(chmod("closed", 0111) == 0, "chmod");
    CHECK_INT(check_as_somebody("closed", TSGI_SCRIPT_UNREADABLE), EACCES);
    folder_need(chmod("closed", 0755) == 0, "chmod");
}

int main(void)
{
    folder_make();
    make_scripts();

    RUN(files_are_found);
    RUN(the_first_file_ends_the_descent);
    RUN(nothing_else_is);
    RUN(hidden_segments_are_not_there);
    RUN(no_way_leads_upwards);
    RUN(links_inside_are_good);
    RUN(a_nul_cuts_nothing_short);
    RUN(the_directory_may_be_written_in_any_way);
    RUN(too_long_a_path);
    RUN(too_small_a_buffer);
    RUN(endings);
    RUN(configured_scripts);
    RUN(configured_scripts_that_cannot_be_read);

    return check_result();
}
