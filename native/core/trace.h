/* TSGI_TRACE=1: one line on standard error for each message, in the order of sending. */

#ifndef TSGI_CORE_TRACE_H
#define TSGI_CORE_TRACE_H

#include "tsgi/message.h"

/* Any thread, before the message is pushed.  Costs one test of a constant when it is off. */
void tsgi_trace_message(const tsgi_message *message);

#endif
