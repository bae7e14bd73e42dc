#ifndef CXAPIAN_GLASS_BLOCK_H
#define CXAPIAN_GLASS_BLOCK_H

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "layout.h"

namespace cxapian {

// How a block of a glass table is laid out: a header, a directory of two-byte offsets, free room,
// and the items, one behind the other up to the block's end. The layout is that of
// `backends/glass/glass_table.h` in Xapian 1.4, whose format version (2016-03-14) has not changed
// since 1.3.5.

constexpr size_t glass_block_size = 8192;

constexpr size_t level_place = 4, directory_end_place = 9;
constexpr size_t directory_start = 11, directory_entry = 2;
constexpr size_t item_header = 2, key_header = 1, component_size = 2, block_number_size = 4;
constexpr uint8_t compressed_flag = 0x80, last_component_flag = 0x40, first_component_flag = 0x20;

inline size_t big_endian_2(const uint8_t *place) { return size_t(place[0]) << 8 | place[1]; }

inline uint32_t big_endian_4(const uint8_t *place) {
    return uint32_t(big_endian_2(place)) << 16 | uint32_t(big_endian_2(place + 2));
}

// What stands in a leaf: a key and its tag, or one component of a tag that needs several items.
struct LeafItem {
    std::string_view key, chunk;
    uint16_t component;
    bool is_compressed, is_last;

    bool is_first() const { return component == 1; }
};

// What stands in a branch: a block of the level below, and the least key and component in it.
struct BranchItem {
    std::string_view key;
    uint16_t component;
    uint32_t block;
};

// A block that was read. Where it leads outside itself that is damage, and said.
class GlassBlock {
    uint8_t bytes[glass_block_size];

  public:
    // Not cleared: it is filled at once.
    GlassBlock() {}

    uint8_t *data() { return bytes; }

    unsigned level() const { return bytes[level_place]; }

    uint32_t item_count() const {
        size_t end = big_endian_2(bytes + directory_end_place);
        if (end < directory_start || end > glass_block_size) fail();
        return uint32_t((end - directory_start) / directory_entry);
    }

    // `index` is below `item_count()`.
    LeafItem leaf_item(uint32_t index) const {
        size_t place = item_place(index, item_header + key_header);
        uint8_t flags = bytes[place];
        size_t end = place + (big_endian_2(bytes + place) & 0x1fff) + item_header + key_header;
        bool is_first = flags & first_component_flag;
        size_t key_place = place + item_header + key_header;
        size_t chunk_place =
            key_place + bytes[place + item_header] + (is_first ? 0 : component_size);
        if (end > glass_block_size || chunk_place > end) fail();
        std::string_view key = text(key_place, bytes[place + item_header]);
        return {
            key, text(chunk_place, end - chunk_place),
            uint16_t(is_first ? 1 : big_endian_2(bytes + chunk_place - component_size)),
            bool(flags & compressed_flag), bool(flags & last_component_flag)};
    }

    BranchItem branch_item(uint32_t index) const {
        size_t place = item_place(index, block_number_size + key_header);
        size_t key_place = place + block_number_size + key_header;
        size_t key_size = bytes[place + block_number_size];
        if (key_place + key_size + component_size > glass_block_size) fail();
        return {
            text(key_place, key_size), uint16_t(big_endian_2(bytes + key_place + key_size)),
            big_endian_4(bytes + place)};
    }

  private:
    size_t item_place(uint32_t index, size_t least_size) const {
        size_t place = big_endian_2(bytes + directory_start + directory_entry * index);
        if (place > glass_block_size - least_size) fail();
        return place;
    }

    std::string_view text(size_t place, size_t count) const {
        return {reinterpret_cast<const char *>(bytes) + place, count};
    }

    [[noreturn]] static void fail() { throw Damage("a block that leads outside itself"); }
};

} // namespace cxapian

#endif
