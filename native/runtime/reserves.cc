#include "reserves.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>
#include <uv.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

namespace tsgi
{

namespace
{

// An environment was seen to take ten descriptors.
constexpr Needs kEnvironment = {2, 16};

// As libuv reads it.
constexpr int kPool = 4;
constexpr int kLargestPool = 1024;

int PoolSize()
{
    const char *size = getenv("UV_THREADPOOL_SIZE");

    return size == nullptr ? kPool : std::clamp(atoi(size), 1, kLargestPool);
}

int HaveThreads(int count)
{
    std::vector<pthread_t> threads;
    std::mutex held;
    int error = 0;

    held.lock();

    while (error == 0 && threads.size() < static_cast<size_t>(count)) {
        pthread_t thread;

        error = pthread_create(
            &thread, nullptr,
            [](void *data) -> void * {
                std::lock_guard<std::mutex> wait(*static_cast<std::mutex *>(data));
                return nullptr;
            },
            &held);

        if (error == 0) {
            threads.push_back(thread);
        }
    }

    held.unlock();

    for (pthread_t thread : threads) {
        pthread_join(thread, nullptr);
    }

    return error;
}

int HaveDescriptors(int count)
{
    std::vector<int> descriptors;
    int error = 0;

    while (error == 0 && descriptors.size() < static_cast<size_t>(count)) {
        int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd == -1) {
            error = errno;
        } else {
            descriptors.push_back(fd);
        }
    }

    for (int fd : descriptors) {
        close(fd);
    }

    return error;
}

// One that libuv cannot make when the first work comes ends the process.
void StartPool()
{
    uv_loop_t loop;
    uv_work_t work;

    if (uv_loop_init(&loop) == 0) {
        uv_queue_work(
            &loop, &work, [](uv_work_t *) {}, nullptr);
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_loop_close(&loop);
    }
}

bool Found(int error, const std::string &what, std::string *missing)
{
    if (error != 0) {
        *missing = what + " cannot be had: " + strerror(error);
    }

    return error == 0;
}

} // namespace

bool Reserves::Have(const Needs &needs, std::string *missing)
{
    return Found(HaveDescriptors(needs.descriptors),
                 std::to_string(needs.descriptors) + " descriptors", missing) &&
           Found(HaveThreads(needs.threads), std::to_string(needs.threads) + " threads", missing);
}

bool Reserves::HaveEnvironment(std::string *missing)
{
    static std::mutex lock;
    static bool pooled = false;

    std::lock_guard<std::mutex> guard(lock);
    Needs needs = kEnvironment;

    if (!pooled) {
        needs.threads += PoolSize();
    }

    if (!Have(needs, missing)) {
        return false;
    }

    if (!pooled) {
        StartPool();
        pooled = true;
    }

    return true;
}

} // namespace tsgi
