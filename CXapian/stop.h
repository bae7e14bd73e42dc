#ifndef CXAPIAN_STOP_H
#define CXAPIAN_STOP_H

#include <atomic>

#include "include/cxapian.h"

struct cxapian_stop {
    std::atomic<bool> requested{false};
};

namespace cxapian {

// Thrown where work ends because nobody waits for it; see `cxapian_part_obey`.
struct Stopped {};

} // namespace cxapian

#endif
