/* See misery.h.  Loaded by LD_PRELOAD, so that what is defined here comes before libc. */

#include "misery.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
    DESCRIPTORS = 16384,
    SLOW = 1024,  /* so many bytes of a connection move one at a time, in each direction */
    MOST = 16384, /* and later ones at most so many at once */
    REFUSALS = 4, /* one call in so many moves nothing */
    FRAMES = 6,   /* how far from an allocation its cause may be */
    OBJECTS = 4
};

typedef struct descriptor {
    bool watched;
    int epoll;
    struct epoll_event event;
    uint32_t moved[2]; /* received, sent */
} descriptor;

typedef struct object {
    _Atomic uintptr_t start;
    uintptr_t end;
} object;

static bool sockets_misbehave;
static _Atomic uint64_t state = 1;
static misery_control *control;
static descriptor descriptors[DESCRIPTORS];
static object program, module, library;

/* The functions of libc behind those below. */
#define REAL(type, name, ...)                                         \
    static type (*real_##name)(__VA_ARGS__);                          \
    static type (*get_##name(void))(__VA_ARGS__)                      \
    {                                                                 \
        if (real_##name == NULL) {                                    \
            *(void **)(void *)&real_##name = dlsym(RTLD_NEXT, #name); \
        }                                                             \
                                                                      \
        return real_##name;                                           \
    }

REAL(ssize_t, recv, int, void *, size_t, int)
REAL(ssize_t, read, int, void *, size_t)
REAL(ssize_t, readv, int, const struct iovec *, int)
REAL(ssize_t, send, int, const void *, size_t, int)
REAL(ssize_t, write, int, const void *, size_t)
REAL(ssize_t, writev, int, const struct iovec *, int)
REAL(ssize_t, sendfile, int, int, off_t *, size_t)
REAL(int, epoll_ctl, int, int, int, struct epoll_event *)
REAL(int, close, int)
REAL(void *, dlopen, const char *, int)

/* ---- what to do ---- */

__attribute__((constructor)) static void begin(void)
{
    const char *options = getenv("TSGI_MISERY");
    const char *path = getenv("TSGI_MISERY_CONTROL");

    if (options != NULL && strncmp(options, "seed=", 5) == 0) {
        sockets_misbehave = true;
        atomic_store(&state, strtoull(options + 5, NULL, 10) * 2 + 1);
    }

    if (path != NULL) {
        int fd = open(path, O_RDWR | O_CLOEXEC);
        void *mapped =
            mmap(NULL, sizeof(misery_control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        if (mapped != MAP_FAILED) {
            control = mapped;
        }

        get_close()(fd);
    }

    /* Programs that applications start shall be spared. */
    unsetenv("LD_PRELOAD");
}

static uint32_t random_below(uint32_t limit)
{
    uint64_t now = atomic_fetch_add(&state, 0x9e3779b97f4a7c15u);

    now = (now ^ now >> 30) * 0xbf58476d1ce4e5b9u;
    now = (now ^ now >> 27) * 0x94d049bb133111ebu;

    return (uint32_t)((now >> 33) % limit);
}

/* ---- sockets ---- */

/* The network's: nginx's processes talk to each other by others, and those are not ours to spoil. */
static descriptor *network_socket(int fd)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof(address);
    int saved = errno;

    if (!sockets_misbehave || fd < 0 || fd >= DESCRIPTORS || !descriptors[fd].watched) {
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

    get_epoll_ctl()(socket->epoll, EPOLL_CTL_MOD, fd, &socket->event);
    errno = saved;
}

/* How much of `size` may move; 0: EAGAIN. */
static size_t portion(int fd, descriptor *socket, int direction, size_t size)
{
    size_t most = 1;

    if (size == 0) {
        return 0;
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
        if (operation == EPOLL_CTL_ADD) {
            memset(&descriptors[fd], 0, sizeof(descriptor));
        }

        descriptors[fd].watched = operation != EPOLL_CTL_DEL && (event->events & EPOLLET);

        if (descriptors[fd].watched) {
            descriptors[fd].epoll = epoll;
            descriptors[fd].event = *event;
        }
    }

    return result;
}

int close(int fd)
{
    if (fd >= 0 && fd < DESCRIPTORS) {
        descriptors[fd].watched = false;
    }

    return get_close()(fd);
}

/* ---- messages: a line of TSGI_TRACE goes before each ---- */

static void count_message(void)
{
    uint32_t left = atomic_load(&control->hold);

    atomic_fetch_add(&control->messages, 1);

    while (left > 0 && !atomic_compare_exchange_weak(&control->hold, &left, left - 1)) {
    }

    if (left == 1) {
        atomic_store(&control->held, 1);

        while (atomic_load(&control->go) == 0) {
            poll(NULL, 0, 1); /* the test may have died: it takes nginx with it */
        }

        atomic_store(&control->go, 0);
        atomic_store(&control->held, 0);
    }
}

ssize_t write(int fd, const void *buffer, size_t size)
{
    if (fd == STDERR_FILENO && control != NULL && size > 5 && memcmp(buffer, "tsgi[", 5) == 0) {
        count_message();
        return (ssize_t)size;
    }

    MOVE(fd, 1, size, get_write()(fd, buffer, part), get_write()(fd, buffer, size));
}

/* ---- allocations ---- */

static bool is_in(const object *object, const void *address)
{
    uintptr_t start = atomic_load(&object->start);

    return start != 0 && (uintptr_t)address >= start && (uintptr_t)address < object->end;
}

static bool is_ours(const void *address)
{
    return is_in(&module, address) || is_in(&library, address);
}

/* Where the code of the object lies that has `name` in its path. */
typedef struct search {
    const char *name;
    object *object;
} search;

static int look_at(struct dl_phdr_info *info, size_t size, void *data)
{
    search *search = data;

    (void)size;

    /* The program comes first, and has no name. */
    if (search->name == NULL ? info->dlpi_name[0] != '\0'
                             : strstr(info->dlpi_name, search->name) == NULL) {
        return 0;
    }

    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD && (segment->p_flags & PF_X)) {
            search->object->end = info->dlpi_addr + segment->p_vaddr + segment->p_memsz;
            atomic_store(&search->object->start, info->dlpi_addr + segment->p_vaddr);
        }
    }

    return 1;
}

static void find(const char *name, object *object)
{
    search search = {name, object};

    dl_iterate_phdr(look_at, &search);
}

/* nginx's module and the runtime come by this. */
void *dlopen(const char *path, int flags)
{
    void *handle = get_dlopen()(path, flags);

    if (handle != NULL && control != NULL) {
        void *frames[1];

        backtrace(frames, 1); /* loads what it needs, now and not within malloc */
        find(NULL, &program);
        find("/ngx_http_tsgi_module.so", &module);
        find("/libtsgi.so", &library);
    }

    return handle;
}

/* nginx's own code stands between a pool and whoever asks it for memory. */
static bool is_asked_by_ours(void)
{
    static _Thread_local bool looking;
    void *frames[FRAMES];
    int count;

    if (looking) {
        return false;
    }

    looking = true;
    count = backtrace(frames, FRAMES);
    looking = false;

    for (int i = 2; i < count; i++) { /* after this function and the allocator's */
        if (!is_in(&program, frames[i])) {
            return is_ours(frames[i]);
        }
    }

    return false;
}

/* True when this allocation is to fail: asked for by our code, directly or through nginx's pools. */
static bool fails(const void *caller)
{
    if (control == NULL || atomic_load(&control->fail) == 0 ||
        !(is_ours(caller) || (is_in(&program, caller) && is_asked_by_ours()))) {
        return false;
    }

    uint32_t left = atomic_load(&control->fail);

    atomic_fetch_add(&control->allocations, 1);

    while (left > 0 && !atomic_compare_exchange_weak(&control->fail, &left, left - 1)) {
    }

    if (left == 1) {
        atomic_fetch_add(&control->failed, 1);
        errno = ENOMEM;
    }

    return left == 1;
}

/* libc has these under names of its own too, so that nothing has to be looked up in a malloc. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : __libc_realloc(block, size);
}

int posix_memalign(void **block, size_t alignment, size_t size)
{
    void *made = fails(__builtin_return_address(0)) ? NULL : __libc_memalign(alignment, size);

    if (made == NULL) {
        return ENOMEM;
    }

    *block = made;

    return 0;
}
