#ifndef CXAPIAN_PACKING_H
#define CXAPIAN_PACKING_H

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

namespace cxapian {

// Numbers and strings as glass packs them (`common/pack.h` in Xapian).

constexpr size_t maximum_packed_number = 10;

// Seven bits a byte, the lowest first.
inline uint8_t *put_number(uint8_t *place, uint64_t number) {
    for (; number >= 128; number >>= 7) *place++ = uint8_t(number | 128);
    *place++ = uint8_t(number);
    return place;
}

// Bytes that compare as the numbers do.
inline uint8_t *put_sorted_number(uint8_t *place, uint32_t number) {
    if (number < 0x8000) {
        *place++ = uint8_t(number >> 8);
        *place++ = uint8_t(number);
        return place;
    }
    // As many leading ones as bytes follow the second, then a zero.
    int length = number < 1u << 22 ? 3 : number < 1u << 29 ? 4 : 5;
    uint8_t mask = uint8_t(0xff << (10 - length));
    for (int index = length - 1; index >= 0; --index) {
        uint8_t byte = uint8_t(uint64_t(number) >> (8 * index));
        *place++ = index == length - 1 ? byte | mask : byte;
    }
    return place;
}

inline void pack_number(std::string &bytes, uint64_t number) {
    uint8_t packed[maximum_packed_number];
    bytes.append(reinterpret_cast<char *>(packed), put_number(packed, number) - packed);
}

inline void pack_text(std::string &bytes, std::string_view text) {
    pack_number(bytes, text.size());
    bytes += text;
}

// The key of a document in the tables that have one entry for each.
class DocumentKey {
    char bytes[6];
    size_t count;

  public:
    explicit DocumentKey(uint32_t document) {
        auto start = reinterpret_cast<uint8_t *>(bytes);
        count = put_sorted_number(start, document) - start;
        bytes[count] = '\0';
    }

    std::string_view text() const { return {bytes, count}; }
    std::string_view with_nul() const { return {bytes, count + 1}; }
};

// Bytes that grow at their end, for writing many small things: room is asked for once and filled
// through a pointer.
class ByteBuffer {
    std::unique_ptr<uint8_t[]> bytes;
    size_t count = 0, capacity = 0;

  public:
    const uint8_t *data() const { return bytes.get(); }
    size_t size() const { return count; }
    bool empty() const { return count == 0; }
    void clear() { count = 0; }
    std::string_view text() const { return {reinterpret_cast<char *>(bytes.get()), count}; }

    // Room for `more` bytes behind the last; what is written there counts once `end` is called.
    uint8_t *room(size_t more) {
        if (capacity - count < more) grow(more);
        return bytes.get() + count;
    }
    void end(const uint8_t *place) { count = place - bytes.get(); }

    void append(std::string_view text) {
        uint8_t *place = room(text.size());
        if (!text.empty()) memcpy(place, text.data(), text.size());
        count += text.size();
    }
    void append_number(uint64_t number) { end(put_number(room(maximum_packed_number), number)); }
    void append_text(std::string_view text) {
        append_number(text.size());
        append(text);
    }

  private:
    void grow(size_t more) {
        capacity = capacity * 2 + more;
        // Not cleared: only what was written is ever read.
        std::unique_ptr<uint8_t[]> larger(new uint8_t[capacity]);
        if (count > 0) memcpy(larger.get(), bytes.get(), count);
        bytes = std::move(larger);
    }
};

} // namespace cxapian

#endif
