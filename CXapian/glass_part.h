#ifndef CXAPIAN_GLASS_PART_H
#define CXAPIAN_GLASS_PART_H

#include <string>
#include <vector>

#include "glass_table.h"
#include "run.h"
#include "run_store.h"

namespace cxapian {

// Writes a part as Xapian would, without Xapian's writer: that keeps every posting in a node of a
// tree of trees, and inserts into the tables what is sorted already, which takes most of the time
// of indexing short records. The result is read, checked and merged by Xapian like any other.
//
// What belongs to one document is written as it comes. Only posting lists wait until all runs are
// there, so a batch of any size becomes one part without being written twice.
class PartWriter {
    std::string path;
    GlassTable docdata, termlist;
    RunStore runs;
    DocumentStatistics statistics;

  public:
    // `path` is an empty folder. Postings wait in memory up to so many bytes, then in a file.
    PartWriter(const std::string &path, uint64_t memory_limit);

    // Takes the next documents, whose numbers go on from those before. Of the run nothing is left.
    void add(Run &run);

    // Ends all files. Nothing can be added any more.
    std::vector<FileDescription> finish();

  private:
    FileDescription write_version(const GlassTable &postlist) const;
    void append_statistics(std::string &bytes) const;
};

} // namespace cxapian

#endif
