#ifndef CXAPIAN_TERM_NUMBERS_H
#define CXAPIAN_TERM_NUMBERS_H

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace cxapian {

// The first eight bytes of a text as a number that compares as they do, with zeros behind a shorter
// text: most comparisons of terms need nothing else.
inline uint64_t start_of(std::string_view text) {
    auto bytes = reinterpret_cast<const uint8_t *>(text.data());
    size_t count = text.size();
    if (count >= 8) {
        uint64_t number;
        memcpy(&number, bytes, sizeof number);
        return __builtin_bswap64(number);
    }
    if (count >= 4) {
        uint32_t first, last;
        memcpy(&first, bytes, sizeof first);
        memcpy(&last, bytes + count - 4, sizeof last);
        return uint64_t(__builtin_bswap32(first)) << 32
            | uint64_t(__builtin_bswap32(last)) << (8 * (8 - count));
    }
    uint64_t number = 0;
    for (size_t index = 0; index < count; ++index)
        number |= uint64_t(bytes[index]) << (56 - 8 * index);
    return number;
}

// A distinct term of a run, and what the run says of it.
struct RunTerm {
    uint64_t start;
    // Of the text among all texts.
    uint32_t offset, size;
    uint32_t document_count = 0;
    uint32_t total = 0;
};

// Numbers the distinct terms of a run, in the order of their first occurrence. The texts are copied
// side by side, which the processor's caches like better than the batch.
class TermNumbers {
    // In each place the upper half of the term's hash and its number plus one; 0 is an empty place.
    std::vector<uint64_t> places;
    std::vector<RunTerm> terms_;
    std::string texts;
    uint64_t seed;

  public:
    TermNumbers();

    uint32_t number(std::string_view text) {
        uint64_t start = start_of(text);
        uint64_t hash = hash_of(text, start);
        for (size_t place = hash >> 32 & mask();; place = (place + 1) & mask()) {
            uint64_t content = places[place];
            if (content == 0) return insert(text, start, hash);
            if (content >> 32 != hash >> 32) continue;
            uint32_t number = uint32_t(content) - 1;
            const RunTerm &term = terms_[number];
            if (term.start == start && term.size == text.size()
                && (text.size() <= 8 || this->text(term) == text))
                return number;
        }
    }

    std::string_view text(const RunTerm &term) const {
        return {texts.data() + term.offset, term.size};
    }

    std::vector<RunTerm> &terms() { return terms_; }
    const std::vector<RunTerm> &terms() const { return terms_; }

  private:
    size_t mask() const { return places.size() - 1; }

    uint64_t hash_of(std::string_view text, uint64_t start) const {
        uint64_t hash = mixed(start ^ seed, text.size());
        for (size_t offset = 8; offset < text.size(); offset += 8)
            hash = mixed(hash, start_of(text.substr(offset)));
        return hash;
    }

    static uint64_t mixed(uint64_t hash, uint64_t number) {
        unsigned __int128 product =
            (unsigned __int128)(hash ^ number * 0xff51afd7ed558ccd) * 0x9e3779b97f4a7c15;
        return uint64_t(product >> 64) ^ uint64_t(product);
    }

    uint32_t insert(std::string_view text, uint64_t start, uint64_t hash);
    void put(uint64_t content);
};

} // namespace cxapian

#endif
