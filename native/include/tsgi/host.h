/*
 * What a web server gives the runtime: four functions, and two ways to save wakes.
 *
 * A host port belongs to one thread of the server at a time, the host thread: nginx has one port
 * for each worker process, Apache one for each request that is being handled.  The runtime sends
 * to the port from its application threads and wakes it; the host thread then calls
 * tsgi_api.port_drain, inside which `deliver` and `log` are called.
 */

#ifndef TSGI_HOST_H
#define TSGI_HOST_H

#include <stdint.h>

#include "tsgi/message.h"

typedef struct tsgi_host {
    uint32_t struct_size; /* sizeof (tsgi_host) where the host was compiled */

    /* Any thread.  Makes the host thread call port_drain soon; called at most once between
     * two drains.  Must not block nor fail (an eventfd write is the usual way). */
    void (*wake)(void *port_data);

    /* Host thread, inside port_drain.  One message of a live exchange; `request` is the
     * pointer given to exchange_begin.  After END the exchange is gone for the host. */
    void (*deliver)(void *port_data, void *request, tsgi_message *message);

    /* Host thread, inside port_drain. */
    void (*log)(void *port_data, const tsgi_record *record);

    /* Any thread, outside any order: the process is about to die or cannot go on.  Writes
     * to the log descriptor directly; `text` ends with a newline. */
    void (*alarm)(void *port_data, const char *text, uint32_t size);

    /* Host thread, inside calls of tsgi_api.  May be NULL: isolates are then woken at once.
     * Otherwise: something was sent and the host is to call port_flush before it sleeps, and has
     * best done all the work of this turn by then. */
    void (*defer)(void *port_data);

    /* Milliseconds.  Not 0: the host drains a port by itself when it has waited so long for START
     * since it began an exchange, and again each time it has waited twice as long.  A response that
     * is sent whole may then go without its wake until the isolate has dealt with what else
     * it was sent: where each exchange has a thread of its own, waking those one by one would have
     * them run in the midst of it. */
    uint32_t lookout;

    /* Any thread, with the port_data of runtime_start; at most once.  May be NULL.  This process should make
     * place for another, as threads of applications are stuck in it for good: it is to finish what it
     * has and to leave.  Until then everything works as before. */
    void (*retire)(void *port_data);
} tsgi_host;

#endif
