/* Thread-local memory of a library that is loaded late; so small that it may lie at the start of a page. */

#include <stdlib.h>

void keep(void);

static __thread void *kept;

void keep(void)
{
    kept = malloc(1000);
}
