/* See misery.h.  Loaded by LD_PRELOAD, so that what is defined here and beside comes before libc. */

#include "misery.h"

#include <errno.h> /* program_invocation_short_name */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

misery_control *control;

__attribute__((constructor)) static void begin(void)
{
    const char *options = getenv("TSGI_MISERY");
    const char *path = getenv("TSGI_MISERY_CONTROL");

    if (options != NULL && strncmp(options, "seed=", 5) == 0) {
        misery_spoil_sockets(strtoull(options + 5, NULL, 10));
    }

    if (path != NULL) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        void *mapped =
            mmap(NULL, sizeof(misery_control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (mapped != MAP_FAILED) {
            control = mapped;
        }

        close(fd);
    }

    /* Programs that applications start shall be spared; those that start the server hand it on. */
    if (strcmp(program_invocation_short_name, "setpriv") != 0 &&
        strcmp(program_invocation_short_name, "sh") != 0) {
        unsetenv("LD_PRELOAD");
    }
}
