#ifndef CXAPIAN_POSTING_CHUNKS_H
#define CXAPIAN_POSTING_CHUNKS_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "glass_tree.h"
#include "unpacking.h"

namespace cxapian {

// Postings, decoded.
struct Postings {
    // Ascending, with a number beyond all of them at the end: who walks need not ask for the end.
    std::vector<uint32_t> documents;
    std::vector<uint8_t> occurrences;

    static constexpr size_t byte_count_of_one = 5;
    size_t count() const { return occurrences.size(); }
    size_t byte_count() const { return count() * byte_count_of_one; }
};

// Where a term's posting list begins in the table. That of the empty term is the list of all
// documents, whose values are their lengths.
std::string posting_key(std::string_view term);

// How many documents a term has, as the tag of that entry says. The list of all does not say it.
inline uint64_t posting_frequency(std::string_view tag) { return PackedReader(tag).number(); }

// A posting list, chunk by chunk. A chunk says from which document it reaches to which, so that it
// can be passed over, and is decoded at once.
class PostingChunks {
  public:
    // Stands on the first chunk, if there is one.
    PostingChunks(GlassTree &tree, std::string_view term);

    uint64_t frequency() const { return frequency_; }

    // Goes to the first chunk that reaches to `target` or beyond. False: there is none.
    bool seek(uint32_t target);

    // The first and the last document of the chunk.
    uint32_t first() const { return first_; }
    uint32_t last() const { return last_; }

    // Stands before the value of the first document.
    PackedReader reader() const { return PackedReader(postings); }

    // Replaces `postings` by those of the chunk.
    void decode(Postings &postings) const;

    // Calls `body` with the document and the value, of any size, of each posting of the chunk.
    template <typename Body> void for_each(Body body) const;

  private:
    bool next();
    void read();

    GlassCursor cursor;
    // That of the first chunk, then with what stands before the document's number in all others.
    const std::string first_key;
    std::string key;
    size_t key_size;
    uint64_t frequency_ = 0;
    uint32_t first_ = 0, last_ = 0;
    bool is_last = true;
    std::string_view postings;
};

template <typename Body> void PostingChunks::for_each(Body body) const {
    PackedReader reader = this->reader();
    body(first_, reader.number());
    uint64_t document = first_;
    // Nearly every number has one byte, of which the highest bit says so: four postings at a time.
    constexpr uint64_t continued = 0x8080808080808080;
    while (!reader.at_end()) {
        std::string_view rest = reader.rest();
        uint64_t word = continued;
        if (rest.size() >= sizeof word) memcpy(&word, rest.data(), sizeof word);
        if (__builtin_expect((word & continued) == 0, true)) {
            auto bytes = reinterpret_cast<const uint8_t *>(reader.take(sizeof word).data());
            for (int place = 0; place < 8; place += 2) {
                document += uint64_t(bytes[place]) + 1;
                body(uint32_t(document), uint64_t(bytes[place + 1]));
            }
            continue;
        }
        // Long numbers come together: in the list of lengths nearly all are.
        for (int count = 0; count < 4 && !reader.at_end(); ++count) {
            document += uint64_t(reader.small_number()) + 1;
            body(uint32_t(document), reader.number());
        }
    }
    if (document != last_) throw Damage("a chunk of postings that ends elsewhere");
}

} // namespace cxapian

#endif
