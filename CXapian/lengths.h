#ifndef CXAPIAN_LENGTHS_H
#define CXAPIAN_LENGTHS_H

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>

#include "posting_chunks.h"

namespace cxapian {

// The lengths of a part's documents. They are read in chunks of some hundreds, from the beginning to
// the document that was asked for and on to the next. A chunk that is asked for again and again is
// kept decoded.
class Lengths {
    struct Free {
        void operator()(uint32_t *numbers) const { free(numbers); }
    };

    GlassTree &tree;
    const uint32_t last;
    // Opened when first needed.
    std::unique_ptr<PostingChunks> chunks;
    // Where the reading stands in the chunk.
    uint32_t current = 0;
    uint64_t length = 0;
    PackedReader rest;

    // For each stretch of documents, how often one was looked up.
    static constexpr unsigned stretch_bits = 9;
    std::vector<uint8_t> lookups;
    // By number, one more than the length; 0 where it is not kept.
    std::unique_ptr<uint32_t[], Free> known;

    uint32_t find(uint32_t document);
    void start_chunk();
    void keep_chunk();

  public:
    // `tree` is the one of postings.
    Lengths(GlassTree &tree, uint32_t last_document) : tree(tree), last(last_document) {}

    uint32_t of(uint32_t document) {
        if (known && document <= last)
            if (uint32_t more = known[document]) return more - 1;
        return find(document);
    }
};

} // namespace cxapian

#endif
