#include "port.h"

#include <sched.h>
#include <stdlib.h>

#include "clock.h"
#include "message.h"
#include "timed_lock.h"
#include "trace.h"

tsgi_port *tsgi_port_new(tsgi_runtime *runtime)
{
    tsgi_port *port = calloc(1, sizeof(tsgi_port));

    if (port == NULL) {
        return NULL;
    }

    if (pthread_mutex_init(&port->wake_lock, NULL) != 0) {
        free(port);
        return NULL;
    }

    if (pthread_mutex_init(&port->receiver_lock, NULL) != 0) {
        pthread_mutex_destroy(&port->wake_lock);
        free(port);
        return NULL;
    }

    tsgi_queue_init(&port->queue);
    atomic_init(&port->armed, true);
    atomic_init(&port->refs, 1);
    atomic_init(&port->closed, false);
    atomic_init(&port->live, 0);
    atomic_init(&port->visitors, 0);
    atomic_init(&port->run_after, 0);
    atomic_init(&port->begun, 0);
    atomic_init(&port->limit, 0);
    atomic_init(&port->refusing, false);
    port->runtime = runtime;

    return port;
}

static void free_messages(tsgi_message *message)
{
    while (message != NULL) {
        tsgi_message *next = message->next;

        tsgi_message_done(message);
        message = next;
    }
}

void tsgi_port_ref(tsgi_port *port)
{
    atomic_fetch_add_explicit(&port->refs, 1, memory_order_relaxed);
}

void tsgi_port_unref(tsgi_port *port)
{
    if (atomic_fetch_sub_explicit(&port->refs, 1, memory_order_acq_rel) != 1) {
        return;
    }

    free_messages(port->pending);
    free_messages(tsgi_queue_take(&port->queue));
    pthread_mutex_destroy(&port->receiver_lock);
    pthread_mutex_destroy(&port->wake_lock);
    free(port);
}

void tsgi_port_receive(tsgi_port *port, void (*wake)(void *data), void *data)
{
    pthread_mutex_lock(&port->wake_lock);
    port->wake = wake;
    port->wake_data = data;
    pthread_mutex_unlock(&port->wake_lock);
}

void tsgi_port_wake(tsgi_port *port)
{
    pthread_mutex_lock(&port->wake_lock);

    if (port->wake != NULL) {
        port->wake(port->wake_data);
    }

    pthread_mutex_unlock(&port->wake_lock);
}

static void push(tsgi_port *port, tsgi_message *first, tsgi_message *last)
{
    last->next = NULL;

    for (tsgi_message *message = first; message != NULL; message = message->next) {
        tsgi_message_hold(message);

        if (tsgi_trace_enabled) {
            tsgi_trace_message(message);
        }
    }

    tsgi_queue_push(&port->queue, first, last);
}

/* After a push: nobody receives any more, or will. */
static void reclaim_if_closed(tsgi_port *port)
{
    if (atomic_load(&port->closed)) {
        free_messages(tsgi_queue_take(&port->queue));
    }
}

/* After a push: one of the senders that find the port armed wakes it. */
static void wake_if_armed(tsgi_port *port)
{
    if (atomic_load(&port->armed) && atomic_exchange(&port->armed, false)) {
        tsgi_port_wake(port);
    }
}

void tsgi_port_send(tsgi_port *port, tsgi_message *first, tsgi_message *last)
{
    /* The messages are the receiver's as soon as they are pushed, and with the last of them
     * the exchange that held the port may go. */
    tsgi_port_ref(port);
    push(port, first, last);
    wake_if_armed(port);
    reclaim_if_closed(port);
    tsgi_port_unref(port);
}

void tsgi_port_push(tsgi_port *port, tsgi_message *first, tsgi_message *last)
{
    push(port, first, last);
    reclaim_if_closed(port);
}

void tsgi_port_wake_if_armed(tsgi_port *port)
{
    wake_if_armed(port);
}

void tsgi_port_inline(tsgi_port *port, bool (*run)(void *data, tsgi_port *visitor), void *data)
{
    port->run = run;
    port->run_data = data;
}

void tsgi_port_inline_after(tsgi_port *port, uint64_t time)
{
    atomic_store(&port->run_after, time);
}

/* For how long a visitor waits for its turn, in nanoseconds.  A visit takes microseconds, less than a
 * change of thread; but who is inside may be waiting for a processor.  So first the visitor stays awake
 * and gives way, then it sleeps.  If that takes long the receiver computes, and the visitor has
 * deadlines to look after. */
#define VISIT_SPIN 100000
#define VISIT_WAIT 5000000

/* What a processor has for threads that look again and again. */
#if defined(__x86_64__) || defined(__i386__)
#    define PAUSE() __builtin_ia32_pause()
#elif defined(__aarch64__)
#    define PAUSE() __asm__ volatile("yield")
#else
#    define PAUSE() ((void)0)
#endif

static bool take_receiver_lock(tsgi_port *to)
{
    if (pthread_mutex_trylock(&to->receiver_lock) == 0) {
        return true;
    }

    const uint64_t began = tsgi_clock_now();

    do {
        for (int i = 0; i < 16; i++) {
            PAUSE();
        }

        if (pthread_mutex_trylock(&to->receiver_lock) == 0) {
            return true;
        }

        (void)sched_yield(); /* it may be of this processor */
    } while (tsgi_clock_now() - began < VISIT_SPIN);

    return tsgi_timed_lock(&to->receiver_lock, began + VISIT_WAIT);
}

static bool is_closed_to_visits(tsgi_port *port)
{
    uint64_t time = atomic_load_explicit(&port->run_after, memory_order_relaxed);

    return time != 0 && tsgi_clock_now() < time;
}

/*
 * A sender that runs the receiver, or else wakes it.  While it is counted among the visitors the
 * receiver may leave with messages in the queue: it takes them, or it wakes, armed or not.
 *
 * *drain: what has come for `from` meanwhile made no wake.
 */
static void visit(tsgi_port *from, tsgi_port *to, bool *drain)
{
    bool done = false;

    if (is_closed_to_visits(to)) {
        wake_if_armed(to);
        return;
    }

    atomic_fetch_add_explicit(&to->visitors, 1, memory_order_seq_cst);

    if (take_receiver_lock(to)) {
        (void)atomic_fetch_sub_explicit(&to->visitors, 1, memory_order_seq_cst);

        if (to->run != NULL) {
            *drain = true;
            atomic_store(&from->armed, false);
            done = to->run(to->run_data, from);
        }

        pthread_mutex_unlock(&to->receiver_lock);
    } else {
        (void)atomic_fetch_sub_explicit(&to->visitors, 1, memory_order_seq_cst);
    }

    if (!done) {
        atomic_store(&to->armed, false);
        tsgi_port_wake(to);
    }
}

/* True: `port` is to be drained. */
static bool wake_unwoken(tsgi_port *port, bool is_inline)
{
    uint32_t count = port->unwoken_count;
    bool drain = false;

    port->unwoken_count = 0;

    for (uint32_t i = 0; i < count; i++) {
        tsgi_port *to = port->unwoken[i];

        if (is_inline) {
            visit(port, to, &drain);
        } else {
            wake_if_armed(to);
        }

        tsgi_port_unref(to);
    }

    return drain;
}

/* Has the port woken by the next flush, which is not before the caller has returned. */
static void remember(tsgi_port *from, tsgi_port *to)
{
    for (uint32_t i = 0; i < from->unwoken_count; i++) {
        if (from->unwoken[i] == to) {
            return;
        }
    }

    if (from->unwoken_count == TSGI_PORT_UNWOKEN) {
        wake_unwoken(from, false);
    }

    if (from->unwoken_count == 0) {
        from->host.defer(from->host_data);
    }

    tsgi_port_ref(to);
    from->unwoken[from->unwoken_count++] = to;
}

void tsgi_port_send_from(tsgi_port *from, tsgi_port *to, tsgi_message *first, tsgi_message *last)
{
    if (from->host.defer == NULL) {
        tsgi_port_send(to, first, last);
        return;
    }

    remember(from, to); /* as long as the caller's messages hold the port */
    push(to, first, last);
    reclaim_if_closed(to);
}

uint32_t tsgi_port_flush(tsgi_port *port)
{
    return wake_unwoken(port, port->is_inline);
}

/* With nothing pending. */
static bool arm(tsgi_port *port)
{
    atomic_store(&port->armed, true);

    if (tsgi_queue_is_empty(&port->queue)) {
        return true;
    }

    /* If a sender was quicker its wake is on its way: a spurious one, harmless. */
    atomic_store(&port->armed, false);

    return false;
}

bool tsgi_port_rest(tsgi_port *port)
{
    return (port->pending == NULL && arm(port)) || atomic_load(&port->visitors) > 0;
}

tsgi_message *tsgi_port_next(tsgi_port *port)
{
    while (port->pending == NULL) {
        port->pending = tsgi_queue_take(&port->queue);

        if (port->pending == NULL && arm(port)) {
            return NULL;
        }
    }

    tsgi_message *message = port->pending;

    port->pending = message->next;
    message->next = NULL;

    return message;
}

void tsgi_port_close(tsgi_port *port)
{
    tsgi_port_receive(port, NULL, NULL);
    atomic_store(&port->closed, true);

    /* What is left holds exchanges, and they hold the port.  A sender that pushes from here on
     * sees that the port is closed and takes its messages back. */
    free_messages(port->pending);
    port->pending = NULL;
    free_messages(tsgi_queue_take(&port->queue));

    tsgi_port_unref(port);
}
