/*
 * A port: where one thread receives messages, and how it is woken.
 *
 * Both ends of the wall have one.  A host port belongs to a thread of the web server, an
 * application port to an isolate.  An application port outlives the JavaScript environment
 * that reads it: what is queued while an environment is replaced waits for the next one.
 *
 * Made by    tsgi_port_new
 * Owned by   its references: its maker, the seat whose port it is, every exchange that sends to it,
 *            every host port that is still to wake it
 * Ended by   tsgi_port_close, which its receiver calls; messages that are left, and those of a
 *            late sender, are freed unread
 *
 * The receiver sleeps only with `armed` set.  A sender that finds it set clears it and wakes
 * the receiver, so that there is one wake for each sleep, however many messages come:
 *
 *     sender      push, then: if armed, clear it; whoever cleared it wakes
 *     receiver    set armed, then: look at the queue once more; not empty: clear and go on
 *
 * Each side writes one variable and then reads the other, all sequentially consistent, so at
 * least one of them sees the other's write and no wake is lost.
 */

#ifndef TSGI_CORE_PORT_H
#define TSGI_CORE_PORT_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "atomics.h"
#include "queue.h"
#include "tsgi/api.h"
#include "turn.h"

/* So many application ports may wait for their wake; one more and all are woken. */
#define TSGI_PORT_UNWOKEN 8

struct tsgi_port {
    tsgi_queue queue;
    atomic_bool armed;
    atomic_uint refs;
    atomic_bool closed;
    atomic_uint live;     /* application port: exchanges begun on it and not ended */
    atomic_bool refusing; /* application port: nothing is begun on it where that can be helped */

    /* Application port: exchanges begun on it, and how many its isolate is meant for; 0: any
     * number. */
    atomic_uint_least64_t begun;
    atomic_uint_least64_t limit;

    /* Guards the pair below against a receiver that goes away while a sender wakes it. */
    pthread_mutex_t wake_lock;
    void (*wake)(void *data); /* NULL: nobody receives now; messages wait */
    void *wake_data;

    /* Application port: held by whoever is the receiver at the moment, where that may change.
     * `run` is that of tsgi_port_inline; NULL: only the isolate's own thread receives. */
    pthread_mutex_t receiver_lock;
    atomic_uint visitors; /* who wait for it */
    bool (*run)(void *data, tsgi_port *visitor);
    void *run_data;
    atomic_uint_least64_t run_after; /* tsgi_clock_now(); 0: at any time */

    /* The receiver's own. */
    tsgi_message *pending; /* taken from the queue, not yet handed out */

    tsgi_runtime *runtime;
    tsgi_host host; /* host port only; what an older host does not have is NULL */
    void *host_data;

    /* Host port, host thread: application ports that were sent to and are still to be woken, each
     * with a reference. */
    tsgi_port *unwoken[TSGI_PORT_UNWOKEN];
    uint32_t unwoken_count;
    bool is_inline; /* TSGI_HOST_INLINE */

    tsgi_turn turn; /* application port: the receiver's own */
};

/* Any thread.  One reference, the caller's; armed, nobody receives. */
tsgi_port *tsgi_port_new(tsgi_runtime *runtime);

void tsgi_port_ref(tsgi_port *port);
void tsgi_port_unref(tsgi_port *port);

/* The receiver.  From now on, or with NULL no longer, `wake` is called, by any thread, under
 * a lock: it must neither block nor send. */
void tsgi_port_receive(tsgi_port *port, void (*wake)(void *data), void *data);

/* Any thread.  Sends the messages from `first` to `last`, linked by next, all to this port.
 * Each takes a reference to its exchange, if it has one; the receiver gives it back by
 * tsgi_message_done. */
void tsgi_port_send(tsgi_port *port, tsgi_message *first, tsgi_message *last);

/* Host thread of `from`.  As tsgi_port_send to an application port, but where the host has
 * `defer` the wake is left to tsgi_port_flush: a host that handles many events in a turn of its
 * loop wakes each isolate once a turn, and the isolate finds all it was sent. */
void tsgi_port_send_from(tsgi_port *from, tsgi_port *to, tsgi_message *first, tsgi_message *last);

/* Host thread.  The wakes that are due; see tsgi_api.port_flush. */
uint32_t tsgi_port_flush(tsgi_port *port);

/* The two halves of tsgi_port_send, for a sender that wakes later.  It holds a reference to the
 * port from the first to the second. */
void tsgi_port_push(tsgi_port *port, tsgi_message *first, tsgi_message *last);
void tsgi_port_wake_if_armed(tsgi_port *port);

/* The receiver, which holds receiver_lock but while it sleeps.  From now on, or with NULL no longer,
 * a host thread of a runtime with TSGI_HOST_INLINE that would wake it calls `run` instead, with
 * that lock held, and is the receiver until `run` returns.  False: it was not, and the
 * receiver is woken.  `visitor` is the host thread's own port: what is sent to that makes no wake, as
 * it is drained next. */
void tsgi_port_inline(tsgi_port *port, bool (*run)(void *data, tsgi_port *visitor), void *data);

/* Whoever is the receiver, so also from within `run`.  That is not called before `time`, of tsgi_clock_now:
 * whoever sends wakes the receiver at once. */
void tsgi_port_inline_after(tsgi_port *port, uint64_t time);

/* Any thread.  Wakes the receiver without a message. */
void tsgi_port_wake(tsgi_port *port);

/* The receiver.  The next message; NULL: none, and the port is armed. */
tsgi_message *tsgi_port_next(tsgi_port *port);

/* The receiver, which leaves off.  True: there is nothing, and the port is armed; or somebody waits
 * for the receiver's lock, and goes on. */
bool tsgi_port_rest(tsgi_port *port);

/* The receiver, after its last tsgi_port_next.  Hands out no more; gives the caller's reference back. */
void tsgi_port_close(tsgi_port *port);

#endif
