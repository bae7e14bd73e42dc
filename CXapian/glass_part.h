#ifndef CXAPIAN_GLASS_PART_H
#define CXAPIAN_GLASS_PART_H

#include <string>

#include "batch.h"

namespace cxapian {

// Writes a part as Xapian would, without Xapian's writer: that keeps every posting in a node of a
// tree of trees, and inserts into the tables what is sorted already, which takes most of the time
// of indexing short records. The result is read, checked and merged by Xapian like any other.
// Batches with positions are not for it.
void write_glass_part(const std::string &path, cxapian_bytes batch);

bool has_positions(cxapian_bytes batch);

} // namespace cxapian

#endif
