// Signals belong to the server: no thread of ours may be the one the kernel picks.

#ifndef TSGI_RUNTIME_SIGNALS_H_
#define TSGI_RUNTIME_SIGNALS_H_

#include <csignal>

namespace tsgi
{

// While it lives, the calling thread and the threads it creates have every signal blocked but the
// synchronous faults.
class SignalBlock
{
  public:
    SignalBlock()
    {
        sigset_t all;

        sigfillset(&all);

        for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
            sigdelset(&all, fault);
        }

        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }

    ~SignalBlock() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

    SignalBlock(const SignalBlock &) = delete;
    SignalBlock &operator=(const SignalBlock &) = delete;

  private:
    sigset_t before_;
};

} // namespace tsgi

#endif // TSGI_RUNTIME_SIGNALS_H_
