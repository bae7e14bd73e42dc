#ifndef CXAPIAN_RUN_STORE_H
#define CXAPIAN_RUN_STORE_H

#include <string>
#include <vector>

#include "packing.h"

namespace cxapian {

// Reads what stands in a `ByteBuffer`, or in a stretch of a file, from its beginning to its end.
// Nothing but what this program wrote a moment ago: what makes no sense throws `Damage`.
class RunReader {
    const uint8_t *place = nullptr, *end = nullptr;
    // Of a file: what is left of its stretch, and the piece of it that is in memory.
    int descriptor = -1;
    uint64_t offset = 0, rest = 0;
    std::vector<uint8_t> piece;

  public:
    explicit RunReader(const ByteBuffer &bytes)
        : place(bytes.data()), end(bytes.data() + bytes.size()) {}

    RunReader(int descriptor, uint64_t offset, uint64_t count)
        : descriptor(descriptor), offset(offset), rest(count) {}

    // The reader's place is inside the piece that it owns.
    RunReader(const RunReader &) = delete;
    RunReader(RunReader &&) = default;

    uint64_t number() {
        if (end - place < ptrdiff_t(maximum_packed_number)) refill(maximum_packed_number);
        uint64_t number = 0;
        for (unsigned shift = 0; place != end && shift < 64; shift += 7) {
            uint8_t byte = *place++;
            number |= uint64_t(byte & 127) << shift;
            if (byte < 128) return number;
        }
        fail();
    }

    // Valid until the next call.
    std::string_view text() {
        size_t count = number();
        if (size_t(end - place) < count) refill(count);
        if (size_t(end - place) < count) fail();
        auto start = reinterpret_cast<const char *>(place);
        place += count;
        return {start, count};
    }

  private:
    // Tries to have so many bytes in memory.
    void refill(size_t count);
    [[noreturn]] static void fail();
};

// The postings of runs until their part is finished: in memory up to a limit, then in a file that
// has no name, which nobody needs to clear away.
class RunStore {
    struct Stored {
        ByteBuffer bytes;
        uint64_t offset = 0, count = 0;
    };

    std::string path;
    uint64_t memory_limit;
    int descriptor = -1;
    uint64_t held = 0, written = 0;
    std::vector<Stored> runs;

  public:
    // The file, when there is one, is on the same disk as `path`.
    RunStore(const std::string &path, uint64_t memory_limit)
        : path(path), memory_limit(memory_limit) {}
    ~RunStore();
    RunStore(const RunStore &) = delete;
    RunStore &operator=(const RunStore &) = delete;

    void add(ByteBuffer &&bytes);

    // One for each run, in order; valid as long as the store.
    std::vector<RunReader> readers() const;
};

} // namespace cxapian

#endif
