#ifndef CXAPIAN_POSTING_MERGE_H
#define CXAPIAN_POSTING_MERGE_H

#include "glass_table.h"
#include "run.h"
#include "run_store.h"

namespace cxapian {

// Writes the table of values and posting lists of a part from the postings of its runs.
void write_posting_table(
    GlassTable &table, const DocumentStatistics &statistics, const RunStore &runs);

} // namespace cxapian

#endif
