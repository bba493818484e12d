/*
 * Log records on their way to the server's error log.
 *
 * A record becomes one LOG message for each line, escaped and shorter than 2,048 bytes (nginx
 * cuts there).  LOG is exempt from the credit of its exchange, so it has a bound of its own:
 * TSGI_LOG_BOUND records under way in the process; beyond it records are dropped, and counted in
 * the next one that goes through.
 */

#ifndef TSGI_CORE_LOG_H
#define TSGI_CORE_LOG_H

#include <stdint.h>

#include "tsgi/api.h"

#define TSGI_LOG_BOUND 4096
#define TSGI_LOG_LINE 1600 /* bytes of text in one record, before escapes are counted */

/* What a LOG message carries behind it. */
typedef struct tsgi_log_entry {
    uint16_t level;
    uint16_t tag;
    tsgi_runtime *runtime;
    tsgi_app *app; /* NULL: none in particular */
    uint32_t size; /* of the text that follows */
} tsgi_log_entry;

/* Runtime thread, or any thread with `exchange` NULL.  `text` is UTF-8, of any number of lines.
 * `exchange` may have ended; `app` may be NULL. */
void tsgi_log(tsgi_runtime *runtime, tsgi_exchange *exchange, tsgi_app *app, tsgi_level level,
              uint16_t tag, const char *text, size_t size);

/* Any thread.  A LOG message is about to be freed, delivered or not: it counts no more. */
void tsgi_log_done(tsgi_message *message);

/* Host thread.  Hands a LOG message to its port's host. */
void tsgi_log_deliver(tsgi_port *port, tsgi_message *message);

#endif
