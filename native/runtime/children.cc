#include "children.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace tsgi
{

namespace
{

constexpr int kFirst = 3; // after the standard streams

// Not a thread_local: reading one of a library that was loaded late may allocate, which a forked
// child of a process with threads must not.
pthread_key_t owned;

// An entry of a directory, as getdents64 writes it.
struct Entry {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type;
    char name[1];
};

// A decimal number, -1 for any other name.
int DescriptorOf(const char *name)
{
    int number = 0;

    for (; *name >= '0' && *name <= '9'; name++) {
        number = number * 10 + (*name - '0');
    }

    return *name == '\0' ? number : -1;
}

// For kernels before 5.11. Signal-safe as the whole of what runs in a forked child.
void CloseEachOnExec()
{
    alignas(Entry) char buffer[4096];
    int folder = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long size;

    while (folder >= 0 && (size = syscall(SYS_getdents64, folder, buffer, sizeof(buffer))) > 0) {
        for (long at = 0; at < size;) {
            auto *entry = reinterpret_cast<Entry *>(buffer + at);
            int fd = DescriptorOf(entry->name);

            if (fd >= kFirst) {
                fcntl(fd, F_SETFD, FD_CLOEXEC);
            }

            at += entry->size;
        }
    }

    if (folder >= 0) {
        close(folder);
    }
}

void InChild()
{
    if (pthread_getspecific(owned) == nullptr) {
        return;
    }

    if (syscall(SYS_close_range, kFirst, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        CloseEachOnExec();
    }
}

napi_value OwnThreadCall(napi_env, napi_callback_info)
{
    Children::OwnThread();
    return nullptr;
}

} // namespace

bool Children::Initialize()
{
    return pthread_key_create(&owned, nullptr) == 0 &&
           pthread_atfork(nullptr, nullptr, InChild) == 0;
}

void Children::OwnThread()
{
    pthread_setspecific(owned, &owned);
}

Children::Own::Own()
{
    OwnThread();
}

Children::Own::~Own()
{
    pthread_setspecific(owned, nullptr);
}

napi_value Children::MakeBinding(napi_env env, napi_value exports)
{
    napi_value function;

    if (napi_create_function(env, "ownThread", NAPI_AUTO_LENGTH, OwnThreadCall, nullptr,
                             &function) == napi_ok) {
        napi_set_named_property(env, exports, "ownThread", function);
    }

    return exports;
}

} // namespace tsgi
