/* TSGI_TRACE=1: one line on standard error for each message, in the order of sending. */

#ifndef TSGI_CORE_TRACE_H
#define TSGI_CORE_TRACE_H

#include <stdbool.h>

#include "tsgi/message.h"

/* Set when the library is loaded, constant from then on. */
extern bool tsgi_trace_enabled;

/* Any thread, before the message is pushed, and only when tracing is enabled. */
void tsgi_trace_message(const tsgi_message *message);

#endif
