/*
 * The log records of the native half, TSGI3001 to TSGI3999: the one list of them, and the source
 * of that part of docs/errors.md (scripts/print-errors.mjs).
 *
 *     TAG(name, number, level, title, cause, cure)
 */

#ifndef TSGI_CORE_TAGS_H
#define TSGI_CORE_TAGS_H

/* clang-format off: tables */
#define TSGI_TAGS(TAG)                                                                             \
    TAG(DROPPED, 3001, WARN, "log records were dropped",                                           \
        "Applications wrote log records faster than the server took them. The record counts "      \
        "those that were lost before it.",                                                         \
        "Log less, or at a level that the server's error log leaves out.")                         \
    TAG(SERVER_THREW, 3002, ERROR, "internal error",                                               \
        "TSGI's own JavaScript threw. The exchange concerned was failed.",                         \
        "This is a defect of TSGI: please report it with the record.")                             \
    TAG(SPOOL_FAILED, 3003, CRIT, "a spooled request body could not be read",                      \
        "The temporary file in which the server kept a large request body could not be read to "   \
        "its end. The exchange was failed with status 500.",                                       \
        "Look at the disk that holds the server's temporary files.")                               \
    TAG(NO_SLOT, 3004, ERROR, "too many exchanges in one isolate",                                 \
        "More than 1,048,576 exchanges were open in one isolate at a time; the next was refused "  \
        "with status 503.",                                                                        \
        "Give the application group more threads, or find out why its exchanges never end.")       \
    TAG(QUEUE_FULL, 3005, ERROR, "as many requests as may wait did so already",                    \
        "As many requests of the group waited for its application as tsgi_queue_size "             \
        "(TSGIQueueSize) allows, and those that came then were answered with 503 and "             \
        "Retry-After at once. The record tells how many they were; there is one a second.",        \
        "The application does not keep up, or its thread is busy with something long. Look what "  \
        "it does, or give the group more threads. A longer queue helps against short peaks "       \
        "alone.")                                                                                  \
    TAG(QUEUE_LATE, 3006, ERROR, "requests have waited for too long",                              \
        "Requests have waited for tsgi_queue_timeout (TSGIQueueTimeout) and JavaScript has not "   \
        "taken them. They were answered with 503 and Retry-After, and the application never sees " \
        "them. The record tells how many they were; there is one a second.",                       \
        "Most often the application is starting, its init() takes its time, or its thread is "     \
        "busy with something long. Look what it does, or give the group more threads.")            \
    TAG(NO_ENVIRONMENT, 3101, ERROR, "a Node environment could not be made",                       \
        "Node refused to make an environment; the record says why. It is tried again with "        \
        "growing "                                                                                 \
        "pauses, and requests are answered with 503 meanwhile.",                                   \
        "Most often memory, threads or descriptors are short: look at the limits of the server's " \
        "service. With LimitAS, or ulimit -v, the limit of memory of every isolate has to fit "    \
        "into it, and 900 MB for each besides: V8 would end the process where it finds no "        \
        "room.")                                                                                   \
    TAG(BOOT_FAILED, 3102, ERROR, "an isolate could not start",                                    \
        "TSGI's own start-up code failed in a new environment, before any application was "        \
        "loaded.",                                                                                 \
        "The installation is damaged or incomplete: libtsgi and its JavaScript files must be of "  \
        "one version.")                                                                            \
    TAG(EXITED, 3103, ERROR, "an isolate ended before its time",                                   \
        "The application called process.exit(), or an exception or rejection was left uncaught. "  \
        "Requests that had begun in the isolate were failed; it is replaced, with pauses from "    \
        "0.1 s to 10 s when it keeps dying, and requests that were only queued wait for the new "  \
        "one.",                                                                                    \
        "Look for the record with the stack before this one, and catch the error where it "        \
        "arises.")                                                                                 \
    TAG(STALLED, 3104, ERROR, "an isolate was stopped because its thread was stuck",               \
        "The application ran for longer than tsgi_stall_timeout (TSGIStallTimeout) without "       \
        "coming back to its event loop, and answered nobody meanwhile. The record shows the "      \
        "requests in flight and where JavaScript was. Those that had begun were failed, those "    \
        "that were only queued are served by the isolate that replaces it.",                       \
        "Look at the lines of the stack: a loop without end, a regular expression that "           \
        "backtracks, or work that belongs into a worker thread. Under a debugger set the "         \
        "timeout to 0.")                                                                           \
    TAG(OUTGROWN, 3105, ERROR, "an isolate was stopped because it reached its limit of memory",    \
        "Objects and buffers of the isolate took more than tsgi_memory_limit "                     \
        "(TSGIMemoryLimit), and a collection did not help. Requests that had begun were failed, "  \
        "those that were only queued are served by the isolate that replaces it.",                 \
        "Find out what the application keeps: a cache without a bound, bodies read as a whole. "   \
        "Raise the limit if what it does needs so much.")                                          \
    TAG(WATCH_SLOW, 3120, WARN, "changes of files are noticed late",                               \
        "The kernel does not tell of changes of the applications' files, for the reason in the "   \
        "record: they are looked at every few seconds instead.",                                   \
        "\"No space left on device\" is the limit fs.inotify.max_user_watches of sysctl, \"Too "   \
        "many open files\" is fs.inotify.max_user_instances or the limit of open files: raise "    \
        "it.")                                                                                     \
    TAG(CIRCUIT_OPEN, 3121, ALERT, "an isolate keeps dying",                                       \
        "The environments of an isolate have died one soon after the other, so that it waits for " \
        "1 s and more before it is started again. While it waits, requests are answered with 503 " \
        "at once, unless the group has another isolate that takes them. It is started at once "    \
        "when one of its application's files changes.",                                            \
        "Look for the records before this one, which say what it died of.")                        \
    TAG(CIRCUIT_CLOSED, 3122, ERROR, "an isolate that kept dying lives again",                     \
        "It has lived for 10 s. Of the level of an error so that servers write it where they "     \
        "wrote TSGI3121.",                                                                         \
        "Nothing need be done.")                                                                   \
    TAG(ABANDONED, 3130, ERROR, "an application's thread was abandoned",                           \
        "The thread was stuck (TSGI3104), but outside of JavaScript, where it cannot be stopped: " \
        "in a call that blocks, such as child_process.execSync() or one of a native "              \
        "add-on. Two seconds after it should have been stopped it was given up and "               \
        "replaced. The record shows the requests in flight: they were answered with status 504, "  \
        "or reset if a part of their response had been sent. Those that were only queued are "     \
        "served by the thread that replaces it. Until the call returns the thread keeps its "      \
        "memory.",                                                                                 \
        "Do not block the application's thread: use the asynchronous variant of the call, or a "   \
        "worker thread. When the call returns, a record TSGI3131 tells where it was.")             \
    TAG(RETURNED, 3131, NOTICE, "an abandoned thread has come back",                               \
        "The call in which a thread was stuck (TSGI3130) has returned. The thread ends without "   \
        "running the application any further. The record shows where JavaScript was, if it was "   \
        "JavaScript that made the call.",                                                          \
        "Nothing is left to be done; the lines of the stack show which call not to make.")         \
    TAG(RETIRES, 3132, ERROR, "the process is to be replaced, as threads of it were abandoned",    \
        "Two threads of applications were abandoned in this process (TSGI3130). Each may keep "    \
        "its "                                                                                     \
        "memory for ever, so the server is asked for another process: this one takes no more "     \
        "connections, finishes what it has and leaves.",                                           \
        "As for TSGI3130.")                                                                        \
    TAG(REPLACED, 3140, NOTICE, "an isolate has taken the place of another one",                   \
        "What it was made of has changed (tsgi_reload, TSGIScriptReloading), or it had served "    \
        "its time (tsgi_max_requests, tsgi_max_age). New requests go to the new isolate; the one " \
        "before ends what it has begun.",                                                          \
        "Nothing need be done.")                                                                   \
    TAG(NOT_REPLACED, 3141, ERROR, "an isolate could not take the place of another one",           \
        "The new isolate did not become ready: an application could not be loaded, its init() or " \
        "its warm-up request failed, or it took too long. The one before goes on serving, with "   \
        "what it had loaded.",                                                                     \
        "Correct what the record says. The next change of a file is tried again at once.")         \
    TAG(CUT_SHORT, 3142, WARN, "requests of an old isolate were ended",                            \
        "Another isolate has taken its place, and within tsgi_graceful_timeout "                   \
        "(TSGIGracefulTimeout) it had not ended what it had begun. Responses that had not begun "  \
        "are answered with 503, others are broken off.",                                           \
        "Raise the timeout if the application has long responses to give.")                        \
    TAG(IDLE, 3143, INFO, "an isolate was closed because it was idle",                             \
        "There was no request for tsgi_idle_timeout (TSGIIdleTimeout). Its memory is given back, " \
        "and the next request starts another isolate.",                                            \
        "Nothing need be done.")                                                                   \
    TAG(VERSION, 3144, NOTICE, "which version of their files applications run",                    \
        "An isolate has loaded its applications, and its files are not those that the process "    \
        "ran before. Processes that have the same files tell the same version.",                   \
        "Nothing need be done. Where processes tell different versions for long, one of them "     \
        "could not load what has changed: look for TSGI3141.")

/* clang-format on */

#define TSGI_TAG_NUMBER(name, number, level, title, cause, cure) TSGI_TAG_##name = number,
#define TSGI_TAG_LEVEL(name, number, level, title, cause, cure) \
    TSGI_TAG_##name##_LEVEL = TSGI_LEVEL_##level,

enum { TSGI_TAGS(TSGI_TAG_NUMBER) };
enum { TSGI_TAGS(TSGI_TAG_LEVEL) };

#endif
