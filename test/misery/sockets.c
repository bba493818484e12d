/* Sockets of the network that move a byte at a time, or nothing at all. */

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "misery.h"
#include "real.h"

enum {
    DESCRIPTORS = 16384,
    SLOW = 1024,  /* so many bytes of a connection move one at a time, in each direction */
    MOST = 16384, /* and later ones at most so many at once */
    REFUSALS = 4  /* one call in so many moves nothing */
};

typedef struct descriptor {
    bool accepted; /* a client's */
    bool watched;  /* edges of it are told to an epoll */
    int epoll;
    struct epoll_event event;
    uint32_t moved[2]; /* received, sent */
} descriptor;

static bool sockets_misbehave;
static bool waits_for_edges; /* this server: it may be refused only what it can be told again */
static _Atomic uint64_t state = 1;
static descriptor descriptors[DESCRIPTORS];

REAL(ssize_t, recv, int, void *, size_t, int)
REAL(ssize_t, read, int, void *, size_t)
REAL(ssize_t, readv, int, const struct iovec *, int)
REAL(ssize_t, send, int, const void *, size_t, int)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, writev, int, const struct iovec *, int)
REAL(ssize_t, sendfile, int, int, off_t *, size_t)
REAL(int, epoll_ctl, int, int, int, struct epoll_event *)
REAL(int, accept4, int, struct sockaddr *, socklen_t *, int)
REAL(int, close, int)

void misery_spoil_sockets(uint64_t seed)
{
    sockets_misbehave = true;
    atomic_store(&state, seed * 2 + 1);
}

static uint32_t random_below(uint32_t limit)
{
    uint64_t now = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u);

    now = (now ^ now >> 30) * 0xbf58476d1ce4e5b9u;
    now = (now ^ now >> 27) * 0x94d049bb133111ebu;

    return (uint32_t)((now >> 33) % limit);
}

/* The client has gone: whoever is not told goes on waiting for it. */
static bool is_broken(int fd)
{
    struct pollfd look = {.fd = fd};

    return poll(&look, 1, 0) == 1 && (look.revents & (POLLERR | POLLHUP));
}

static bool is_stalled(void)
{
    return control != NULL && atomic_load(&control->stall) != 0;
}

/* The network's: nginx's processes talk to each other by others, and those are not ours to spoil. */
static descriptor *network_socket(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    int saved = errno;

    if (!(sockets_misbehave || is_stalled()) || fd < 0 || fd >= DESCRIPTORS ||
        !(descriptors[fd].watched || (descriptors[fd].accepted && !waits_for_edges))) {
        return NULL;
    }

    bool is_network = getsockname(fd, (struct sockaddr *)&address, &size) == 0 &&
                      (address.ss_family == AF_INET || address.ss_family == AF_INET6);

    errno = saved;

    return is_network ? &descriptors[fd] : NULL;
}

/* An edge is told once.  A caller that is kept from something it could have had must hear of it again:
 * to change a descriptor's events, even to what they are, makes epoll look anew. */
static void tell_again(int fd, descriptor *socket)
{
    int saved = errno;

    if (!socket->watched) {
        return; /* whoever looks again is told again */
    }

    get_epoll_ctl()(socket->epoll, EPOLL_CTL_MOD, fd, &socket->event);
    errno = saved;
}

/* How much of `size` may move; 0: EAGAIN. */
static size_t portion(int fd, descriptor *socket, int direction, size_t size)
{
    size_t most = 1;

    if (size == 0 || (direction == 1 && is_stalled() && !is_broken(fd))) {
        return 0;
    }

    if (!sockets_misbehave) {
        return size;
    }

    tell_again(fd, socket);

    if (random_below(REFUSALS) == 0) {
        return 0;
    }

    if (socket->moved[direction] > SLOW) {
        most = 1 + random_below(MOST);
    }

    return size < most ? size : most;
}

static ssize_t moved(descriptor *socket, int direction, ssize_t size)
{
    if (size > 0 && socket->moved[direction] <= SLOW) {
        socket->moved[direction] += (uint32_t)size;
    }

    return size;
}

static ssize_t refuse(void)
{
    errno = EAGAIN;

    return -1;
}

static size_t total(const struct iovec *pieces, int count)
{
    size_t size = 0;

    for (int i = 0; i < count; i++) {
        size += pieces[i].iov_len;
    }

    return size;
}

/* The first `size` bytes of some pieces.  Returns how many pieces that are. */
static int cut(struct iovec *result, const struct iovec *pieces, int count, size_t size)
{
    int used = 0;

    while (used < count && used < IOV_MAX && size > 0) {
        result[used] = pieces[used];

        if (result[used].iov_len > size) {
            result[used].iov_len = size;
        }

        size -= result[used].iov_len;
        used++;
    }

    return used;
}

/* `call` with as much as may move, where the socket is one that misbehaves. */
#define MOVE(fd, direction, size, call, otherwise)                    \
    do {                                                              \
        descriptor *socket = network_socket(fd);                      \
        size_t part;                                                  \
                                                                      \
        if (socket == NULL || (size) == 0) {                          \
            return otherwise;                                         \
        }                                                             \
                                                                      \
        part = portion(fd, socket, direction, size);                  \
                                                                      \
        return part == 0 ? refuse() : moved(socket, direction, call); \
    } while (0)

ssize_t recv(int fd, void *buffer, size_t size, int flags)
{
    if (flags & MSG_PEEK) {
        return get_recv()(fd, buffer, size, flags);
    }

    MOVE(fd, 0, size, get_recv()(fd, buffer, part, flags), get_recv()(fd, buffer, size, flags));
}

ssize_t read(int fd, void *buffer, size_t size)
{
    MOVE(fd, 0, size, get_read()(fd, buffer, part), get_read()(fd, buffer, size));
}

ssize_t readv(int fd, const struct iovec *pieces, int count)
{
    struct iovec few[IOV_MAX];

    MOVE(fd, 0, total(pieces, count), get_readv()(fd, few, cut(few, pieces, count, part)),
         get_readv()(fd, pieces, count));
}

ssize_t send(int fd, const void *buffer, size_t size, int flags)
{
    static const char interim[] = "HTTP/1.1 100 ";

    /* nginx gives a request up whose client does not take this at once, as it says itself. */
    if (size > sizeof(interim) && memcmp(buffer, interim, sizeof(interim) - 1) == 0) {
        return get_send()(fd, buffer, size, flags);
    }

    MOVE(fd, 1, size, get_send()(fd, buffer, part, flags), get_send()(fd, buffer, size, flags));
}

ssize_t writev(int fd, const struct iovec *pieces, int count)
{
    struct iovec few[IOV_MAX];

    if (misery_disk_is_full(fd)) {
        return -1;
    }

    MOVE(fd, 1, total(pieces, count), get_writev()(fd, few, cut(few, pieces, count, part)),
         get_writev()(fd, pieces, count));
}

ssize_t sendfile(int to, int from, off_t *offset, size_t size)
{
    MOVE(to, 1, size, get_sendfile()(to, from, offset, part),
         get_sendfile()(to, from, offset, size));
}

int epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    int result = get_epoll_ctl()(epoll, operation, fd, event);

    if (result == 0 && fd >= 0 && fd < DESCRIPTORS) {
        if (operation == EPOLL_CTL_ADD && (event->events & EPOLLET)) {
            memset(&descriptors[fd], 0, sizeof(descriptor));
            waits_for_edges = true;
        }

        descriptors[fd].watched = operation != EPOLL_CTL_DEL && (event->events & EPOLLET);

        if (descriptors[fd].watched) {
            descriptors[fd].epoll = epoll;
            descriptors[fd].event = *event;
        }
    }

    return result;
}

int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    int accepted = get_accept4()(fd, address, size, flags);

    if (accepted >= 0 && accepted < DESCRIPTORS) {
        memset(&descriptors[accepted], 0, sizeof(descriptor));
        descriptors[accepted].accepted = true;
    }

    return accepted;
}

int close(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS) {
        descriptors[fd].watched = false;
        descriptors[fd].accepted = false;
    }

    return get_close()(fd);
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    if (misery_take_trace(fd, buffer, size)) {
        return (ssize_t)size;
    }

    if (misery_disk_is_full(fd)) {
        return -1;
    }

    MOVE(fd, 1, size, get_write()(fd, buffer, part), get_write()(fd, buffer, size));
}
