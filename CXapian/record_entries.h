#ifndef CXAPIAN_RECORD_ENTRIES_H
#define CXAPIAN_RECORD_ENTRIES_H

#include <cstdint>
#include <string>
#include <string_view>

#include "glass_tree.h"
#include "unpacking.h"

namespace cxapian {

// A table that has one entry for each document.
class DocumentEntries {
    GlassCursor cursor;
    std::string inflated;
    std::string_view tag_;

  public:
    explicit DocumentEntries(GlassTree &tree) : cursor(tree) {}

    // Whether a document has an entry.
    bool find(uint32_t document);

    // That of the document that was found; valid until the next call of `find`.
    std::string_view tag() const { return tag_; }
};

// Calls `body(term, occurrences)` for each term of the list that a document's tag is.
template <typename Body> void for_each_listed_term(std::string_view tag, Body body) {
    if (tag.empty()) return;
    PackedReader reader(tag);
    reader.number(); // the document's length
    std::string term;
    for (uint64_t left = reader.number(); left > 0; --left) {
        // A term shares its beginning with the one before, whose size tells whether the number of
        // occurrences stands in the same byte.
        uint64_t shared = 0, occurrences = 0;
        bool is_packed = false;
        if (!term.empty()) {
            shared = reader.byte();
            if ((is_packed = shared > term.size())) {
                occurrences = shared / (term.size() + 1) - 1;
                shared %= term.size() + 1;
            }
        }
        term.resize(shared);
        term += reader.take(reader.byte());
        if (!is_packed) occurrences = reader.number();
        body(static_cast<const std::string &>(term), occurrences);
    }
}

// The values of one slot. Cheapest asked for in ascending order of documents.
class ValueStream {
    GlassCursor cursor;
    const std::string key_start;
    // A chunk, and the documents that are in it if they are anywhere.
    std::string chunk;
    uint32_t first = 0, end = 0;
    // Where the stream stands in the chunk, and what follows there.
    uint32_t document = 0;
    std::string_view value;
    PackedReader rest;

  public:
    // `tree` is the one of postings.
    ValueStream(GlassTree &tree, unsigned slot);

    // Empty where the document has none. Valid until the next call.
    std::string_view at(uint32_t number);

  private:
    void find_chunk(uint32_t number);
    void start_chunk();
    // Whether the cursor's entry is a chunk of the slot; then with which document it begins.
    bool is_chunk(uint32_t &begin) const;
};

} // namespace cxapian

#endif
