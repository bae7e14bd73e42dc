#ifndef CXAPIAN_UNPACKING_H
#define CXAPIAN_UNPACKING_H

#include <cstdint>
#include <string_view>

#include "layout.h"

namespace cxapian {

// Reads what glass packed (`packing.h`) in a block or a tag. What makes no sense throws `Damage`.
class PackedReader {
    const uint8_t *place, *end_;

  public:
    PackedReader() : PackedReader(std::string_view()) {}
    explicit PackedReader(std::string_view bytes)
        : place(reinterpret_cast<const uint8_t *>(bytes.data())), end_(place + bytes.size()) {}

    bool at_end() const { return place == end_; }

    // What was not read yet.
    std::string_view rest() const {
        return {reinterpret_cast<const char *>(place), size_t(end_ - place)};
    }

    uint8_t byte() {
        if (place == end_) fail();
        return *place++;
    }

    // Nearly every number has one byte or two.
    __attribute__((always_inline)) uint64_t number() {
        if (__builtin_expect(end_ - place >= 2, true)) {
            if (place[0] < 128) return *place++;
            if (place[1] < 128) {
                place += 2;
                return uint64_t(place[-2] & 127) | uint64_t(place[-1]) << 7;
            }
        }
        return long_number();
    }

    // A number of a document or of documents.
    uint32_t small_number() {
        uint64_t wide = number();
        if (wide >= UINT32_MAX) fail();
        return uint32_t(wide);
    }

    // One whose bytes compare as the numbers do.
    uint32_t sorted_number() {
        uint8_t first = byte();
        if (first < 0x80) return uint32_t(first) << 8 | byte();
        int length = first < 0xc0 ? 3 : first < 0xe0 ? 4 : 5;
        uint64_t number = first & (0x7f >> (length - 2));
        for (int index = 1; index < length; ++index) number = number << 8 | byte();
        if (number >= UINT32_MAX) fail();
        return uint32_t(number);
    }

    std::string_view take(size_t count) {
        if (size_t(end_ - place) < count) fail();
        auto start = reinterpret_cast<const char *>(place);
        place += count;
        return {start, count};
    }

    std::string_view text() { return take(number()); }

  private:
    __attribute__((noinline)) uint64_t long_number() {
        uint64_t number = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            uint8_t next = byte();
            number |= uint64_t(next & 127) << shift;
            if (next < 128) return number;
        }
        fail();
    }

    [[noreturn]] static void fail() { throw Damage("an entry that ends early"); }
};

} // namespace cxapian

#endif
