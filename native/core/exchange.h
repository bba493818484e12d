/*
 * The exchange: one request and its response, the one noun that crosses every wall.
 *
 * Made by     tsgi_exchange_begin, host thread: one block that holds the struct, the packed
 *             environ and a copy of the header fields as received
 * Owned by    references: one of the host, one of the runtime, one of each message under way
 * Ended by    the host's half: END delivered, or ABORT sent; `request` is NULL from then on
 *             the runtime's half: END sent, or ABORT received; its state is OVER from then on
 * Freed       by whoever gives back the last reference, on any thread
 *
 * The halves share nothing but the block's constant part, the two counters of what may be
 * sent, the claim, and the reference count; everything else belongs to one thread, as marked.
 */

#ifndef TSGI_CORE_EXCHANGE_H
#define TSGI_CORE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "atomics.h"
#include "environ.h"
#include "head.h"
#include "order.h"
#include "port.h"
#include "tsgi/api.h"

struct tsgi_exchange {
    /* Constant after BEGIN. */
    uint64_t serial; /* counts from 1 in the process, for traces */
    tsgi_runtime *runtime;
    tsgi_app *app;
    tsgi_port *host_port; /* a reference */
    tsgi_port *app_port;  /* a reference */
    uint32_t flags;       /* TSGI_VIEW_* */
    tsgi_environ environ; /* in this block */
    tsgi_bytes request_id;
    tsgi_bytes first_line; /* method and target, for traces and the watchdog */
    atomic_uint refs;

    /* Credit on its way back to the runtime: added up by the host, fetched by the runtime. */
    atomic_uint_least64_t credit_returned;
    atomic_bool credit_sent; /* the CREDIT message is under way */

    /* The same the other way: added up by the runtime, fetched by the host. */
    atomic_uint_least64_t want_added;
    atomic_bool want_sent; /* the WANT message is under way */

    atomic_uint claim;     /* tsgi_claim: whether JavaScript has taken it */
    atomic_bool host_over; /* the host's half has ended: its thread may have turned elsewhere */

    /* Host thread. */
    void *request; /* the host's; NULL once its half has ended */
    tsgi_state host_state;
    uint64_t wanted;     /* bytes of BODY allowed and not yet sent */
    uint64_t uncredited; /* returned credit kept back until it is worth a message */

    /* Runtime thread. */
    tsgi_state app_state;
    uint16_t status;  /* of START */
    int64_t room;     /* credit left; a message may overdraw it by its cost */
    int64_t declared; /* bytes the body must have; -1 unknown */
    uint64_t sent;    /* bytes of body sent */
    void *reader;     /* the bridge's, between BEGIN and the end of this half */

    /* Messages of which there is one. */
    tsgi_message begin;
    tsgi_message body_end;
    tsgi_message abort;
    tsgi_message credit;
    tsgi_message want;
    tsgi_message end;
};

/* ---- both halves (exchange.c) ---- */

void tsgi_exchange_ref(tsgi_exchange *exchange);
void tsgi_exchange_unref(tsgi_exchange *exchange);

/* ---- the host's half, host thread (exchange_host.c); see tsgi/api.h ---- */

tsgi_status tsgi_exchange_begin(tsgi_port *port, tsgi_app *app, const tsgi_view *view,
                                void *request, tsgi_exchange **exchange);
uint64_t tsgi_exchange_wanted(const tsgi_exchange *exchange);
tsgi_status tsgi_exchange_body(tsgi_exchange *exchange, const char *data, size_t size);
tsgi_status tsgi_exchange_body_file(tsgi_exchange *exchange, int fd, uint64_t offset,
                                    uint64_t size);
tsgi_status tsgi_exchange_body_end(tsgi_exchange *exchange, uint16_t status);
void tsgi_exchange_credit(tsgi_exchange *exchange, uint64_t cost);
void tsgi_exchange_abort(tsgi_exchange *exchange, tsgi_abort reason);
tsgi_status tsgi_exchange_withdraw(tsgi_exchange *exchange);

/* Delivers at most `max` messages to the port's host; see tsgi_api.port_drain. */
uint32_t tsgi_exchange_drain(tsgi_port *port, uint32_t max);

/* ---- the runtime's half, runtime thread (exchange_app.c) ---- */

/* The exchange is JavaScript's, before the application is called.  False: its host has withdrawn it;
 * the ABORT that says so may still be on its way. */
bool tsgi_exchange_take(tsgi_exchange *exchange);

/* The same without taking it. */
bool tsgi_exchange_is_withdrawn(const tsgi_exchange *exchange);

/* Sends INFORM. */
tsgi_status tsgi_exchange_inform(tsgi_exchange *exchange, const tsgi_head *head);

/* Sends START.  `length` is used when no field declares one; -1 is unknown. */
tsgi_status tsgi_exchange_start(tsgi_exchange *exchange, const tsgi_head *head, int64_t length);

/* Sends START, DATA unless `data` is NULL, and END as one.  Takes `data` over, whatever the
 * answer.  This half ends unless the answer is an error. */
tsgi_status tsgi_exchange_respond(tsgi_exchange *exchange, const tsgi_head *head, int64_t length,
                                  tsgi_message *data);

/* Bytes that DATA may carry now: what the window and the declared length leave. */
uint64_t tsgi_exchange_room(const tsgi_exchange *exchange);

/* True when the declared length is reached, so that any further byte is excess. */
bool tsgi_exchange_is_full(const tsgi_exchange *exchange);

/* True when no byte of a body is sent, whatever the application yields: HEAD, 204, 304. */
bool tsgi_exchange_is_bodiless(const tsgi_exchange *exchange);

/* Sends DATA made by tsgi_message_new_data, at most tsgi_exchange_room bytes.  Takes it over. */
tsgi_status tsgi_exchange_data(tsgi_exchange *exchange, tsgi_message *data);

/* Sends FILE.  Duplicates the descriptor. */
tsgi_status tsgi_exchange_file(tsgi_exchange *exchange, int fd, uint64_t offset, uint64_t size);

/* Sends END: 0 completes, or becomes a failure if fewer bytes than declared were sent. */
tsgi_status tsgi_exchange_end(tsgi_exchange *exchange, uint16_t status);

/* Sends WANT. */
tsgi_status tsgi_exchange_want(tsgi_exchange *exchange, uint64_t size);

/* Takes the credit that came back.  True: there is room now and there was none before. */
bool tsgi_exchange_take_credit(tsgi_exchange *exchange);

/* ABORT was received: ends this half without a message. */
void tsgi_exchange_cut(tsgi_exchange *exchange);

#endif
