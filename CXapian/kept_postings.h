#ifndef CXAPIAN_KEPT_POSTINGS_H
#define CXAPIAN_KEPT_POSTINGS_H

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "posting_chunks.h"

namespace cxapian {

// The posting lists of the words that a part was asked for more than once: people search for the
// same words again, refined or corrected, and most of a search is decoding. A part never changes,
// so what is kept stays right. All parts of the process share one limit; see
// `cxapian_limit_kept_bytes`. One thread uses it at a time, as the part.
class KeptPostings {
    struct Entry {
        std::string term;
        std::shared_ptr<const Postings> postings;
    };

    GlassTree &tree;
    // The most recently used first.
    std::list<Entry> entries;
    std::unordered_map<std::string, std::list<Entry>::iterator> places;
    // Words that were asked for once; forgotten when they become many.
    std::unordered_set<std::string> seen;

    static std::shared_ptr<const Postings> decoded(PostingChunks &chunks, size_t frequency);
    bool make_room(size_t byte_count);
    void drop_oldest();

  public:
    // `tree` is the one of postings.
    explicit KeptPostings(GlassTree &tree) : tree(tree) {}
    ~KeptPostings();
    KeptPostings(const KeptPostings &) = delete;
    KeptPostings &operator=(const KeptPostings &) = delete;

    // The list of a term that is to be walked; null where it is not worth keeping. What was handed
    // out stays good when it is no longer kept.
    std::shared_ptr<const Postings> find(const std::string &term);

    // How many documents a term has, without a look at the disk where its list is kept.
    uint64_t frequency(const std::string &term) const;
};

} // namespace cxapian

#endif
