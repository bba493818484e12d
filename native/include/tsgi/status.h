/*
 * The result of every call across the ABI.
 *
 * Zero is success.  Everything else is negative, so that a call which returns a
 * count can return a status as well.  A status is translated exactly once: by the
 * host into its own kind of answer (nginx: ngx_int_t and a log line), by the bridge
 * into a number which src/server turns into an error with a code.
 */

#ifndef TSGI_STATUS_H
#define TSGI_STATUS_H

typedef enum tsgi_status {
    TSGI_OK = 0,
    TSGI_AGAIN = -1,       /* no room in the credit window now; nothing was taken */
    TSGI_EXPIRED = -2,     /* the exchange is over; the handle names nothing any more */
    TSGI_ORDER = -3,       /* the message is not legal in this state of the exchange */
    TSGI_INVALID = -4,     /* an argument breaks a rule of the specification */
    TSGI_NO_MEMORY = -5,   /* an allocation failed; the exchange was not changed */
    TSGI_NOT_MOUNTED = -6, /* the path lies outside the mount: the host answers 404 */
    TSGI_UNAVAILABLE = -7, /* no application thread takes this exchange: 503 */
    TSGI_SYSTEM = -8,      /* a system call failed; errno says which way */
    TSGI_EXCESS = -9,      /* more bytes than the declared length; the rest was cut */
    TSGI_FULL = -10        /* as many exchanges as may wait for JavaScript: 503 with Retry-After */
} tsgi_status;

#endif
