/* Who may read a file.  Paths are relative, so that the machine's own folders do not count. */

#include <grp.h>
#include <pwd.h>

#include "check.h"
#include "folder.h"
#include "host/reader.h"

/* Root may read everything, so that what a test run by root makes belongs to somebody else. */
#define SOMEBODY 65534

static uid_t owner;
static gid_t group;

static tsgi_reader with(uid_t uid, gid_t gid)
{
    /* The second of two: each of them counts. */
    return (tsgi_reader){.uid = uid, .gids = {group + 2, gid}, .gid_count = 2};
}

static void set(const char *path, mode_t mode)
{
    folder_need(chown(path, owner, group) == 0 && chmod(path, mode) == 0, path);
}

/* `expected` is where the reader is stopped; NULL: nowhere. */
static void expect(tsgi_reader reader, const char *path, const char *expected)
{
    char blocked[PATH_MAX];

    (void)memset(blocked, '#', sizeof(blocked));
    CHECK_INT(tsgi_reader_may(&reader, path, blocked, sizeof(blocked)), expected == NULL);

    if (expected != NULL) {
        CHECK_TEXT(blocked, strlen(blocked), expected);
    }
}

static void the_first_class_decides(void)
{
    static const struct {
        mode_t mode;
        int owner, member, other;
    } modes[] = {
        {0400, 1, 0, 0}, {0040, 0, 1, 0}, {0004, 0, 0, 1}, {0644, 1, 1, 1},
        {0640, 1, 1, 0}, {0044, 0, 1, 1}, {0333, 0, 0, 0}, {0000, 0, 0, 0},
    };

    folder_write("file.mjs");

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        set("file.mjs", modes[i].mode);
        expect(with(owner, group), "file.mjs", modes[i].owner ? NULL : "file.mjs");
        expect(with(owner, group + 1), "file.mjs", modes[i].owner ? NULL : "file.mjs");
        expect(with(owner + 1, group), "file.mjs", modes[i].member ? NULL : "file.mjs");
        expect(with(owner + 1, group + 1), "file.mjs", modes[i].other ? NULL : "file.mjs");
        expect(with(0, group + 1), "file.mjs", NULL);
    }
}

static void folders_are_passed(void)
{
    tsgi_reader other = with(owner + 1, group + 1);

    folder_add("one");
    folder_add("one/two");
    folder_write("one/two/file.mjs");
    set("one/two/file.mjs", 0644);
    set("one/two", 0711); /* passing is not reading */
    set("one", 0711);
    expect(other, "one/two/file.mjs", NULL);

    set("one/two", 0766);
    expect(other, "one/two/file.mjs", "one/two");

    set("one/two", 0711);
    set("one", 0766);
    set("one/two/file.mjs", 0600);
    expect(with(owner, group), "one/two/file.mjs", NULL);

    /* Others than root, run by themselves, cannot even look behind it. */
    expect(other, "one/two/file.mjs", "one");

    set("one", 0711);
    expect(other, "one/two/file.mjs", "one/two/file.mjs");
}

static void directories_are_read_and_searched(void)
{
    tsgi_reader other = with(owner + 1, group + 1);

    folder_add("scripts");
    set("scripts", 0755);
    expect(other, "scripts", NULL);
    set("scripts", 0754);
    expect(other, "scripts", "scripts");
    set("scripts", 0751);
    expect(other, "scripts", "scripts");
}

static void what_cannot_be_looked_at_is_a_yes(void)
{
    tsgi_reader other = with(owner + 1, group + 1);
    char blocked[8] = "before";

    folder_write("secret.mjs");
    set("secret.mjs", 0600);
    expect(other, "none/none.mjs", NULL);
    CHECK(tsgi_reader_may(&other, "secret.mjs", blocked, sizeof(blocked)));
    CHECK_TEXT(blocked, strlen(blocked), "before");
}

static int has(const tsgi_reader *reader, gid_t gid)
{
    int count = 0;

    for (int i = 0; i < reader->gid_count; i++) {
        count += reader->gids[i] == gid;
    }

    return count;
}

static void groups_of_a_user(void)
{
    tsgi_reader reader;
    struct passwd *self = getpwuid(geteuid());

    CHECK(tsgi_reader_init(&reader, "a-user-that-nobody-is", 4711, 815));
    CHECK_INT(reader.uid, 4711);
    CHECK_INT(reader.gid_count, 1);
    CHECK_INT(reader.gids[0], 815);

    if (self != NULL) {
        CHECK(tsgi_reader_init(&reader, self->pw_name, self->pw_uid, self->pw_gid));
        CHECK_INT(has(&reader, self->pw_gid), 1);
    }

    /* The groups that list their members. */
    struct group *listed;

    setgrent();

    while ((listed = getgrent()) != NULL && (listed->gr_mem == NULL || listed->gr_mem[0] == NULL)) {
    }

    if (listed != NULL) {
        gid_t gid = listed->gr_gid;

        CHECK(tsgi_reader_init(&reader, listed->gr_mem[0], 4711, gid + 1));
        CHECK_INT(has(&reader, gid), 1);
        CHECK_INT(has(&reader, gid + 1), 1);
    }

    endgrent();
}

int main(void)
{
    owner = geteuid() == 0 ? SOMEBODY : geteuid();
    group = geteuid() == 0 ? SOMEBODY : getegid();
    folder_make();

    RUN(the_first_class_decides);
    RUN(folders_are_passed);
    RUN(directories_are_read_and_searched);
    RUN(what_cannot_be_looked_at_is_a_yes);
    RUN(groups_of_a_user);

    return check_result();
}
