/*
 * C11 atomics that C++17 can read: what <stdatomic.h> itself does from C++23 on.  The layouts
 * are the same, so that a struct with atomic fields can be shared.
 */

#ifndef TSGI_CORE_ATOMICS_H
#define TSGI_CORE_ATOMICS_H

#ifdef __cplusplus

extern "C++" { /* this header is read inside extern "C" */
#    include <atomic>
}

#    define _Atomic(type) std::atomic<type>

using std::atomic_bool;
using std::atomic_uint;
using std::atomic_uint_least64_t;

#else

#    include <stdatomic.h>

#endif

#endif
