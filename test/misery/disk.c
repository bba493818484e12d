/* A disk that is full: files cannot be written any more, but for logs, which are appended to. */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "misery.h"
#include "real.h"

REAL(ssize_t, pwrite64, int, const void *, size_t, off_t)
REAL(ssize_t, pwritev64, int, const struct iovec *, int, off_t)

bool misery_disk_is_full(int fd)
{
    struct stat file;
    int saved = errno;

    if (control == NULL || atomic_load(&control->disk) == 0) {
        return false;
    }

    bool is_full =
        fstat(fd, &file) == 0 && S_ISREG(file.st_mode) && (fcntl(fd, F_GETFL) & O_APPEND) == 0;

    errno = saved;

    if (is_full) {
        atomic_fetch_add(&control->unwritten, 1);
        errno = ENOSPC;
    }

    return is_full;
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    return misery_disk_is_full(fd) ? -1 : get_pwrite64()(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    return misery_disk_is_full(fd) ? -1 : get_pwrite64()(fd, data, size, offset);
}

ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset)
{
    return misery_disk_is_full(fd) ? -1 : get_pwritev64()(fd, pieces, count, offset);
}

ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off_t offset)
{
    return misery_disk_is_full(fd) ? -1 : get_pwritev64()(fd, pieces, count, offset);
}
