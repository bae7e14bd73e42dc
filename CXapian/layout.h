#ifndef CXAPIAN_LAYOUT_H
#define CXAPIAN_LAYOUT_H

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "cxapian.h"

// How a part lays out what Xapian leaves open: value slots, their encoding, and the border's
// byte streams.
namespace cxapian {

// One value holds what sorting, ranges and ties need: modified, size, key. One slot costs a third
// of three, in space and in time.
constexpr unsigned attributes_slot = 0;
constexpr unsigned hash_slot = 1;
constexpr size_t hash_byte_count = 32;

// A number whose bytes compare as the numbers do, short for small ones: a first byte that tells
// sign and length, then the magnitude without leading zeros (inverted when negative).
inline void append_ordered(std::string &bytes, int64_t number) {
    bool negative = number < 0;
    uint64_t magnitude = negative ? ~uint64_t(number) : uint64_t(number);
    int length = magnitude ? (71 - __builtin_clzll(magnitude)) / 8 : 0;
    bytes += char(negative ? 0x7f - length : 0x80 + length);
    for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
        uint8_t byte = uint8_t(magnitude >> shift);
        bytes += char(negative ? ~byte : byte);
    }
}

inline size_t ordered_byte_count(uint8_t first) {
    return 1 + (first >= 0x80 ? first - 0x80 : 0x7f - first);
}

inline int64_t ordered_number(std::string_view bytes) {
    bool negative = uint8_t(bytes[0]) < 0x80;
    uint64_t magnitude = 0;
    for (size_t index = 1; index < bytes.size(); ++index) {
        uint8_t byte = uint8_t(bytes[index]);
        magnitude = magnitude << 8 | uint8_t(negative ? ~byte : byte);
    }
    return negative ? ~int64_t(magnitude) : int64_t(magnitude);
}

// What is read from a part makes no sense.
struct Damage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// The value of `attributes_slot`, taken apart.
struct Attributes {
    std::string_view modified, size, key;

    explicit Attributes(std::string_view value) {
        modified = take_number(value);
        size = take_number(value);
        key = value;
    }

  private:
    static std::string_view take_number(std::string_view &value) {
        if (value.empty()) throw Damage("a document without attributes");
        size_t count = ordered_byte_count(uint8_t(value[0]));
        if (count > value.size()) throw Damage("a document with broken attributes");
        std::string_view number = value.substr(0, count);
        value.remove_prefix(count);
        return number;
    }
};

// Reads the little-endian streams that Swift hands over. Running past the end is the caller's
// defect and throws.
class ByteReader {
    const uint8_t *position;
    const uint8_t *end;

  public:
    explicit ByteReader(cxapian_bytes bytes)
        : position(bytes.data), end(bytes.data + bytes.count) {}

    bool at_end() const { return position == end; }

    const uint8_t *take(size_t count) {
        if (size_t(end - position) < count) throw std::runtime_error("a stream that ends early");
        const uint8_t *start = position;
        position += count;
        return start;
    }

    template <typename Number> Number number() {
        Number value;
        memcpy(&value, take(sizeof value), sizeof value);
        return value;
    }

    std::string_view text(size_t count) {
        return {reinterpret_cast<const char *>(take(count)), count};
    }
};

inline cxapian_bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const uint8_t *>(text.data()), text.size()};
}

inline std::string_view view_of(cxapian_bytes bytes) {
    return {reinterpret_cast<const char *>(bytes.data), bytes.count};
}

// What a key is looked up by: 48 bits of FNV-1a (Fowler, Noll and Vo), mixed once more. A key stands
// whole in the attributes, so the term need not hold it; two keys that share a fingerprint are told
// apart there. Written as a term, sixteen characters of key cost thirty bytes a record more.
inline uint64_t key_fingerprint(std::string_view key) {
    uint64_t hash = 0xcbf29ce484222325;
    for (char byte : key) hash = (hash ^ uint8_t(byte)) * 0x100000001b3;
    hash = (hash ^ hash >> 32) * 0x9e3779b97f4a7c15;
    return hash >> 16;
}

inline std::string fingerprint_term(uint64_t fingerprint) {
    std::string term = "Q";
    for (int shift = 40; shift >= 0; shift -= 8) term += char(fingerprint >> shift);
    return term;
}

inline std::string key_term(std::string_view key) {
    return fingerprint_term(key_fingerprint(key));
}

// Terms that begin with an ASCII capital are namespaces of their own (keys, extensions, owners,
// hashes, initials); words never begin so.
inline bool is_namespaced(std::string_view term) {
    return !term.empty() && term[0] >= 'A' && term[0] <= 'Z';
}

} // namespace cxapian

#endif
