/* Files in a temporary folder, and somebody who watches them. */

#ifndef TSGI_TEST_WATCHING_H
#define TSGI_TEST_WATCHING_H

#include <atomic>
#include <fstream>
#include <thread>

#include "check.h"
#include "folder.h"
#include "runtime/watch.h"

using namespace std::chrono_literals;
using tsgi::Watch;
using tsgi::WatchedFile;

namespace
{

constexpr auto kBound = 20s; /* the machine may be busy */

Watch *watch;
std::atomic<int> complaints{0};

void Complain(const std::string &)
{
    complaints.fetch_add(1);
}

void WaitFor(const std::atomic<int> &count, int least)
{
    auto deadline = std::chrono::steady_clock::now() + kBound;

    while (count.load() < least && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(1ms);
    }
}

/* Somebody who watches files. */
class Owner
{
  public:
    explicit Owner(std::vector<std::string> files) : files_(std::move(files)) { Set(); }
    ~Owner() { watch->Forget(this); }

    void Set()
    {
        std::vector<WatchedFile> files;

        for (const std::string &file : files_) {
            files.emplace_back(std::string(folder) + "/" + file);
        }

        watch->Set(this, files, [this] { told_.fetch_add(1); });
    }

    /* True: the owner has been told so often, and no more. */
    bool IsTold(int count) const
    {
        WaitFor(told_, count);
        return told_.load() == count;
    }

    int Told() const { return told_.load(); }

  private:
    std::vector<std::string> files_;
    std::atomic<int> told_{0};
};

void Write(const std::string &path, const std::string &text)
{
    std::ofstream(path) << text;
}

/* The watch has looked at everything since this was called. */
void LetItLook()
{
    static int number = 0;
    std::string path = "mark" + std::to_string(++number);
    Owner owner({path});

    Write(path, "mark");
    CHECK(owner.IsTold(1));
}

void Replace(const std::string &path, const std::string &text)
{
    Write(path + ".new", text);
    folder_need(rename((path + ".new").c_str(), path.c_str()) == 0, path.c_str());
}

void Link(const std::string &target, const std::string &path)
{
    std::string fresh = path + ".new";

    folder_need(symlink(target.c_str(), fresh.c_str()) == 0, fresh.c_str());
    folder_need(rename(fresh.c_str(), path.c_str()) == 0, path.c_str());
}

} // namespace

#endif
