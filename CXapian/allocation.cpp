#include "cxapian.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cxapian_hold_little_memory(int arenas) {
#ifdef __GLIBC__
    // Setting the threshold also ends its growing.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
    mallopt(M_ARENA_MAX, arenas);
#else
    (void)arenas;
#endif
}
