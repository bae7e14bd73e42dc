#ifndef CXAPIAN_LENGTHS_H
#define CXAPIAN_LENGTHS_H

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <vector>
#include <xapian.h>

namespace cxapian {

// The lengths of a part's documents. Looking one up in Xapian costs as much as reading fifty in a
// row, so where a few of neighbouring documents were asked for, all of those are kept.
class Lengths {
    struct Free {
        void operator()(uint32_t *numbers) const { free(numbers); }
    };
    static constexpr unsigned block_bits = 9;
    // A block costs some thirty look-ups. Blocks differ in when they are worth it, or a series of
    // searches would come to read all of them at about the same time.
    static uint8_t lookups_worth(uint32_t block) { return uint8_t(16 + (block * 0x9e3779b9u >> 26)); }

    const Xapian::Database &database;
    const uint32_t last;
    // By number; 0 where it is not known.
    std::unique_ptr<uint32_t[], Free> known;
    // For each block of documents, how often one was looked up.
    std::vector<uint8_t> lookups;

    uint32_t find(uint32_t document);
    void keep_block(uint32_t first);

  public:
    explicit Lengths(const Xapian::Database &database)
        : database(database), last(database.get_lastdocid()) {}

    uint32_t of(uint32_t document) {
        if (known && document <= last)
            if (uint32_t length = known[document]) return length;
        return find(document);
    }
};

} // namespace cxapian

#endif
