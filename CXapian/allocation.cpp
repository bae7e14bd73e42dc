#include "cxapian.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

void cxapian_return_large_blocks(void) {
#ifdef __GLIBC__
    // Setting the threshold also ends its growing.
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}
