#ifndef CXAPIAN_GLASS_VERSION_H
#define CXAPIAN_GLASS_VERSION_H

#include <array>
#include <cstdint>
#include <string>

#include "block_checksums.h"

namespace cxapian {

// Where the tree of a table begins.
struct GlassRoot {
    uint32_t block = 0;
    unsigned level = 0;
    // The table has no entry, and perhaps no file.
    bool is_absent = true;
};

// What a part's version file says of its tables and documents.
struct GlassVersion {
    std::array<GlassRoot, table_count> roots;
    uint32_t document_count = 0, last_document = 0;
    uint64_t total_length = 0, smallest_length = 0;

    // `path` is the part's folder. Throws what Xapian would where there is none, or another version.
    static GlassVersion load(const std::string &path);
};

} // namespace cxapian

#endif
