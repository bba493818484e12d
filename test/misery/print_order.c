/* Prints the order table as JSON: names of states and kinds, and for each state the state that each kind leads to, or -1. */

#include <stdio.h>

#include "core/order.h"

int main(void)
{
    printf("{\"states\":[");

    for (int state = 0; state < TSGI_STATES; state++) {
        printf("%s\"%s\"", state == 0 ? "" : ",", tsgi_state_name((tsgi_state)state));
    }

    printf("],\"kinds\":[");

    for (int kind = 0; kind < TSGI_KINDS; kind++) {
        printf("%s\"%s\"", kind == 0 ? "" : ",", tsgi_kind_name((tsgi_kind)kind));
    }

    printf("],\"next\":[");

    for (int state = 0; state < TSGI_STATES; state++) {
        for (int kind = 0; kind < TSGI_KINDS; kind++) {
            tsgi_state next = tsgi_order_next((tsgi_state)state, (tsgi_kind)kind);

            printf("%s%d",
                   kind > 0     ? ","
                   : state == 0 ? "["
                                : "],[",
                   next == TSGI_ILLEGAL ? -1 : (int)next);
        }
    }

    printf("]]}\n");

    return 0;
}
