#ifndef CXAPIAN_POSITIONS_H
#define CXAPIAN_POSITIONS_H

#include <cstdint>
#include <string_view>
#include <vector>

#include "glass_tree.h"

namespace cxapian {

// Where a term stands in a document, ascending; empty where nothing is kept of that.
std::vector<uint32_t> term_positions(
    GlassTree &positions, std::string_view term, uint32_t document);

} // namespace cxapian

#endif
