#include "reader.h"

#include <grp.h>
#include <string.h>
#include <sys/stat.h>

bool tsgi_reader_init(tsgi_reader *reader, const char *name, uid_t uid, gid_t gid)
{
    reader->uid = uid;
    reader->gid_count = TSGI_READER_GROUPS;

    return getgrouplist(name, gid, reader->gids, &reader->gid_count) != -1;
}

static bool is_member(const tsgi_reader *reader, gid_t gid)
{
    for (int i = 0; i < reader->gid_count; i++) {
        if (reader->gids[i] == gid) {
            return true;
        }
    }

    return false;
}

/* `bits` in the position of "other".  The first class that a user is of decides, as in the
 * kernel: an owner who may not read is not helped by what the group may. */
static bool may(const tsgi_reader *reader, const struct stat *info, mode_t bits)
{
    mode_t mode = info->st_mode;

    if (info->st_uid == reader->uid) {
        mode >>= 6;
    } else if (is_member(reader, info->st_gid)) {
        mode >>= 3;
    }

    return (mode & bits) == bits;
}

bool tsgi_reader_may(const tsgi_reader *reader, const char *path, char *blocked, size_t size)
{
    struct stat info;
    size_t length = strlen(path);

    if (reader->uid == 0 || length >= size) {
        return true;
    }

    for (size_t i = 1; i < length; i++) {
        if (path[i] != '/') {
            continue;
        }

        memcpy(blocked, path, i);
        blocked[i] = '\0';

        if (stat(blocked, &info) == 0 && !may(reader, &info, S_IXOTH)) {
            return false;
        }
    }

    memcpy(blocked, path, length + 1);

    if (stat(path, &info) == -1) {
        return true;
    }

    return may(reader, &info, S_ISDIR(info.st_mode) ? S_IROTH | S_IXOTH : S_IROTH);
}
