#ifndef CXAPIAN_PART_TABLES_H
#define CXAPIAN_PART_TABLES_H

#include <string>

#include "block_checksums.h"
#include "glass_tree.h"
#include "glass_version.h"

namespace cxapian {

// The files of a part, open for reading. Nothing of Xapian's is in between: it believes whatever
// stands in a block, and gives every posting through several calls.
class PartTables {
    BlockChecksumReader checksums;

    GlassTree tree(const std::string &path, GlassTableName table) {
        return GlassTree(path, table, version.roots[table], checksums);
    }

  public:
    const GlassVersion version;
    GlassTree postings, data, terms, positions;

    // `path` is the part's folder.
    explicit PartTables(const std::string &path)
        : checksums(path), version(GlassVersion::load(path)), postings(tree(path, postings_table)),
          data(tree(path, data_table)), terms(tree(path, terms_table)),
          positions(tree(path, positions_table)) {}
};

} // namespace cxapian

#endif
