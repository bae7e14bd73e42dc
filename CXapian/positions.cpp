#include "positions.h"

#include <limits>

#include "batch.h"
#include "packing.h"
#include "posting_chunks.h"
#include "unpacking.h"

namespace cxapian {

namespace {

// A list as glass keeps it: its last position, and unless that is the only one, in bits, its first,
// how many are between, and these by interpolation (Moffat and Stuiver, "Binary interpolative coding
// for effective index compression", 2000): the middle one of each stretch, as a choice among the
// places that are left to it.
class PositionDecoder {
    // Rows of neighbours take no bits, so the bytes bound nothing; what a batch can say does.
    static constexpr uint64_t most_positions =
        std::numeric_limits<decltype(BatchTerm::position_count)>::max();

    PackedReader bytes;
    uint64_t waiting = 0;
    unsigned waiting_count = 0;
    std::vector<uint32_t> positions;

  public:
    explicit PositionDecoder(std::string_view tag) : bytes(tag) {}

    std::vector<uint32_t> run() {
        uint32_t last = bytes.small_number();
        if (bytes.at_end()) return {last};
        uint32_t first = choice(last);
        uint64_t count = uint64_t(choice(last - first)) + 2;
        if (first >= last || count > uint64_t(last) - first + 1 || count > most_positions) fail();
        positions.resize(count);
        positions.front() = first;
        positions.back() = last;
        fill(0, count - 1);
        return std::move(positions);
    }

  private:
    // Those between two that are known.
    void fill(size_t low, size_t high) {
        while (low + 1 < high) {
            size_t middle = (low + high) / 2;
            uint64_t room = uint64_t(positions[high]) - positions[low] + 1;
            if (room < high - low + 1) fail();
            uint32_t least = positions[low] + uint32_t(middle - low);
            positions[middle] = least + choice(uint32_t(room - (high - low)));
            fill(low, middle);
            low = middle;
        }
    }

    // One of so many numbers from 0. Where they are no power of two, those in the middle need one
    // bit less.
    uint32_t choice(uint32_t count) {
        if (count <= 1) return 0;
        unsigned width = 32 - unsigned(__builtin_clz(count - 1));
        uint64_t spare = (uint64_t(1) << width) - count;
        if (spare == 0) return bits(width);
        uint64_t short_start = (count - spare) / 2;
        uint64_t number = bits(width - 1);
        if (number < short_start && bits(1)) number += short_start + spare;
        if (number >= count) fail();
        return uint32_t(number);
    }

    // The lowest come first.
    uint32_t bits(unsigned count) {
        while (waiting_count < count) {
            waiting |= uint64_t(bytes.byte()) << waiting_count;
            waiting_count += 8;
        }
        uint64_t result = waiting & ((uint64_t(1) << count) - 1);
        waiting >>= count;
        waiting_count -= count;
        return uint32_t(result);
    }

    [[noreturn]] static void fail() { throw Damage("positions that make no sense"); }
};

} // namespace

std::vector<uint32_t> term_positions(
    GlassTree &positions, std::string_view term, uint32_t document) {
    std::string key = posting_key(term);
    key += '\0';
    key += DocumentKey(document).text();
    GlassCursor cursor(positions);
    if (!cursor.find(key)) return {};
    return PositionDecoder(cursor.tag()).run();
}

} // namespace cxapian
