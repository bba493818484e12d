/* The watch: whoever changes a file, and by whichever way, its owner is told once and when all is quiet. */

#include <dirent.h>
#include <sys/resource.h>
#include <sys/time.h>

#include "watching.h"

namespace
{

void TellsOfAChange()
{
    Write("plain", "one");
    Owner owner({"plain"});

    Write("plain", "two");
    CHECK(owner.IsTold(1));
    Write("plain", "three");
    LetItLook();
    CHECK_INT(owner.Told(), 1); /* it has not asked anew */
    owner.Set();
    Replace("plain", "four");
    CHECK(owner.IsTold(2));
    owner.Set();
    folder_need(utimes("plain", nullptr) == 0, "plain");
    CHECK(owner.IsTold(3));
    owner.Set();
    folder_need(chmod("plain", 0600) == 0, "plain");
    CHECK(owner.IsTold(4));
    owner.Set();
    folder_need(unlink("plain") == 0, "plain");
    CHECK(owner.IsTold(5));
    owner.Set();
    Write("plain", "five");
    CHECK(owner.IsTold(6));
}

void TellsNothingOfOthers()
{
    Write("mine", "one");
    Owner owner({"mine"});

    Write("theirs", "two");
    folder_need(rename("theirs", "others") == 0, "theirs");
    folder_need(unlink("others") == 0, "others");
    std::ifstream("mine").get();
    LetItLook();
    CHECK_INT(owner.Told(), 0);
}

void TellsOfAFolder()
{
    Owner owner({"deep/er/file"});

    folder_add("deep");
    LetItLook();
    CHECK_INT(owner.Told(), 0);
    folder_add("deep/er");
    LetItLook();
    Write("deep/er/file", "one");
    CHECK(owner.IsTold(1));
    owner.Set();
    folder_add("other");
    Write("other/file", "two");
    folder_need(rename("deep/er", "deep/old") == 0, "deep/er");
    folder_need(rename("other", "deep/er") == 0, "other");
    CHECK(owner.IsTold(2));
    owner.Set();
    Write("deep/old/file", "three"); /* nobody's */
    LetItLook();
    CHECK_INT(owner.Told(), 2);
    folder_need(rename("deep", "shallow") == 0, "deep");
    CHECK(owner.IsTold(3));
}

void TellsOfASwitchedLink()
{
    folder_add("releases");
    folder_add("releases/7");
    folder_add("releases/8");
    Write("releases/7/file", "same");
    Write("releases/8/file", "same");
    Link("releases/7", "latest");
    Link("./latest", "current");
    Owner owner({"releases/../current/./file"});
    Owner inside({"releases/7/file"});

    Link("releases/8", "latest");
    CHECK(owner.IsTold(1));
    CHECK_INT(inside.Told(), 0);
    owner.Set();
    Write("releases/8/file", "other");
    CHECK(owner.IsTold(2));
    owner.Set();
    Link(std::string(folder) + "/releases/7", "current");
    CHECK(owner.IsTold(3));
    Link("current/file", "file");

    Owner end({"file"});

    Write("releases/7/file", "changed");
    CHECK(end.IsTold(1));
    Link("turn", "turn");

    Owner round({"turn/file"}); /* leads nowhere, for ever */

    LetItLook();
    CHECK_INT(round.Told(), 0);
}

void KnowsWhatItWas()
{
    Write("read", "one");

    WatchedFile read(std::string(folder) + "/read");
    std::atomic<int> told{0};

    Replace("read", "two"); /* before anybody watched */
    watch->Set(&read, {read}, [&told] { told.fetch_add(1); });
    LetItLook();
    LetItLook();
    CHECK_INT(told.load(), 1);
    watch->Forget(&read);
}

void WaitsUntilAllIsQuiet()
{
    Write("noisy", "");
    Write("quiet", "");
    Owner owner({"noisy", "quiet"});
    auto longest = 0ns;
    int early = 0;

    Write("quiet", "changed");

    for (int i = 0; i < 40; i++) {
        auto begun = std::chrono::steady_clock::now();

        std::this_thread::sleep_for(10ms); /* a slow writer */
        Write("noisy", std::string(static_cast<size_t>(i), 'x'));
        early = owner.Told();
        longest = std::max(longest, std::chrono::steady_clock::now() - begun);
    }

    CHECK(early == 0 || longest > 80ms);
    CHECK(owner.IsTold(1));
}

void ForgetsForGood()
{
    Write("gone", "one");
    {
        Owner owner({"gone"});
    }
    Write("gone", "two");
    LetItLook();

    std::atomic<int> began{0};
    std::atomic<bool> ended{false};
    int key = 0;

    watch->Set(&key, {WatchedFile(std::string(folder) + "/gone")}, [&] {
        began.store(1);
        std::this_thread::sleep_for(50ms); /* long enough for Forget */
        ended.store(true);
    });
    Write("gone", "three");

    WaitFor(began, 1);

    watch->Forget(&key);
    CHECK(ended.load());
}

void MayForgetAndSetWhileTold()
{
    Write("again", "one");

    std::atomic<int> told{0};
    std::vector<WatchedFile> files = {WatchedFile(std::string(folder) + "/again")};
    int key = 0;

    watch->Set(&key, files, [&] {
        watch->Forget(&key);
        watch->Set(&key, {WatchedFile(std::string(folder) + "/again")},
                   [&told] { told.fetch_add(1); });
    });
    Write("again", "two");
    LetItLook();
    LetItLook();
    CHECK_INT(told.load(), 0);
    Write("again", "three");
    LetItLook();
    LetItLook();
    CHECK_INT(told.load(), 1);
    watch->Forget(&key);
}

uint64_t MicrosecondsUsed()
{
    rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return static_cast<uint64_t>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           static_cast<uint64_t>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

void CostsNothingWhileNothingHappens()
{
    std::vector<std::string> files;

    for (int i = 0; i < 100; i++) {
        std::string name = "many" + std::to_string(i);

        folder_add(name.c_str());

        for (int j = 0; j < 50; j++) {
            files.push_back(name + "/" + std::to_string(j));
            Write(files.back(), "x");
        }
    }

    Owner owner(files);

    LetItLook();

    uint64_t used = UINT64_MAX;

    for (int i = 0; used > 1000 && i < 40; i++) { /* what was before may end in the first of them */
        uint64_t before = MicrosecondsUsed();

        std::this_thread::sleep_for(250ms); /* idle */
        used = MicrosecondsUsed() - before;
    }

    CHECK(used <= 1000);
    Write("many77/33", "other");
    CHECK(owner.IsTold(1));
}

void DescriptorsAreOurs()
{
    DIR *list = opendir("/proc/self/fd");
    int watches = 0;

    while (dirent *entry = readdir(list)) {
        char target[64];
        ssize_t size = readlinkat(dirfd(list), entry->d_name, target, sizeof(target));
        std::string name(target, size > 0 ? static_cast<size_t>(size) : 0);

        if (name.rfind("anon_inode:", 0) == 0) {
            watches++;
            CHECK(fcntl(atoi(entry->d_name), F_GETFD) == FD_CLOEXEC);
        }
    }

    closedir(list);
    CHECK_INT(watches, 2);
}

/* Every descriptor is taken but one. */
void LooksWhereNobodyTells()
{
    std::vector<int> taken;
    rlimit before;
    rlimit few = {64, 0};

    getrlimit(RLIMIT_NOFILE, &before);
    few.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);

    for (int fd; (fd = dup(1)) != -1;) {
        taken.push_back(fd);
    }

    close(taken.back());
    taken.pop_back();

    Watch blind;

    CHECK(blind.Start(Complain));

    std::atomic<int> told{0};
    WatchedFile file(std::string(folder) + "/unseen");

    blind.Set(&file, {file}, [&told] { told.fetch_add(1); });

    WaitFor(complaints, 1);

    for (int fd : taken) {
        close(fd);
    }

    setrlimit(RLIMIT_NOFILE, &before);
    Write("unseen", "one");

    WaitFor(told, 1);
    CHECK_INT(told.load(), 1);
    blind.Stop();
    CHECK(blind.Join(std::chrono::steady_clock::now() + kBound));
    CHECK_INT(complaints.load(), 1);
}

} // namespace

/* With arguments it says what these files are: src/server says the same of them. */
int main(int count, char **files)
{
    for (int i = 1; i < count; i++) {
        printf("%s\n", tsgi::StampOf(files[i]).c_str());
    }

    if (count > 1) {
        return 0;
    }

    folder_make();

    Watch watched;

    watch = &watched;
    CHECK(watched.Start(Complain));
    RUN(TellsOfAChange);
    RUN(TellsNothingOfOthers);
    RUN(TellsOfAFolder);
    RUN(TellsOfASwitchedLink);
    RUN(KnowsWhatItWas);
    RUN(WaitsUntilAllIsQuiet);
    RUN(ForgetsForGood);
    RUN(MayForgetAndSetWhileTold);
    RUN(CostsNothingWhileNothingHappens);
    RUN(DescriptorsAreOurs);
    CHECK_INT(complaints.load(), 0);
    watched.Stop();
    CHECK(watched.Join(std::chrono::steady_clock::now() + kBound));
    RUN(LooksWhereNobodyTells);

    return check_result();
}
