/* The functions of libc that the library's own of the same names come before. */

#ifndef TSGI_MISERY_REAL_H
#define TSGI_MISERY_REAL_H

#include <dlfcn.h>
#include <stddef.h>

/* Defines get_NAME(), which gives libc's. */
#define REAL(type, name, ...)                                         \
    static type (*real_##name)(__VA_ARGS__);                          \
    static type (*get_##name(void))(__VA_ARGS__)                      \
    {                                                                 \
        if (real_##name == NULL) {                                    \
            *(void **)(void *)&real_##name = dlsym(RTLD_NEXT, #name); \
        }                                                             \
                                                                      \
        return real_##name;                                           \
    }

#endif
