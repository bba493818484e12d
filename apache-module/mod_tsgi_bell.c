#include "mod_tsgi_bell.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { QUIET, RUNG, DOZING, POLLED };

static long futex(mod_tsgi_bell *bell, int operation, unsigned value, const struct timespec *time)
{
    return syscall(SYS_futex, &bell->state, operation | FUTEX_PRIVATE_FLAG, value, time, NULL, 0);
}

bool mod_tsgi_bell_open(mod_tsgi_bell *bell)
{
    atomic_init(&bell->state, QUIET);
    bell->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

    return bell->fd != -1;
}

void mod_tsgi_bell_close(mod_tsgi_bell *bell)
{
    close(bell->fd);
    bell->fd = -1;
}

void mod_tsgi_bell_ring(mod_tsgi_bell *bell)
{
    const int before = errno;
    const uint64_t one = 1;

    switch (atomic_exchange(&bell->state, RUNG)) {
    case DOZING:
        futex(bell, FUTEX_WAKE, 1, NULL);
        break;

    case POLLED:
        while (write(bell->fd, &one, sizeof(one)) == -1 && errno == EINTR) {
            continue;
        }
        break;
    }

    errno = before;
}

bool mod_tsgi_bell_doze(mod_tsgi_bell *bell, int milliseconds)
{
    const struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    unsigned state = QUIET;
    bool in_time = true;

    if (atomic_compare_exchange_strong(&bell->state, &state, DOZING)) {
        in_time = futex(bell, FUTEX_WAIT, DOZING, &time) == 0 || errno != ETIMEDOUT;
    }

    return atomic_exchange(&bell->state, QUIET) == RUNG || in_time;
}

bool mod_tsgi_bell_arm(mod_tsgi_bell *bell)
{
    unsigned state = QUIET;

    if (atomic_compare_exchange_strong(&bell->state, &state, POLLED)) {
        return true;
    }

    atomic_store(&bell->state, QUIET);

    return false;
}

/* A ring may have set the state and not yet written to the descriptor: then the next poll returns
 * once without need. */
void mod_tsgi_bell_disarm(mod_tsgi_bell *bell)
{
    uint64_t count;

    atomic_store(&bell->state, QUIET);

    while (read(bell->fd, &count, sizeof(count)) == -1 && errno == EINTR) {
        continue;
    }
}
