#ifndef CXAPIAN_GLASS_TABLE_H
#define CXAPIAN_GLASS_TABLE_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cxapian {

// Writes one table of a Xapian glass database from entries in ascending order of their keys.
//
// A table is a B-tree in blocks of 8 KiB. Xapian builds it by inserting; with sorted entries every
// block can be filled once and left. The layout is that of `backends/glass/glass_table.h` in Xapian
// 1.4, whose format version (2016-03-14) has not changed since 1.3.5 and is checked on opening.
class GlassTable {
  public:
    static constexpr size_t block_size = 8192;

    GlassTable();

    void add(std::string_view key, std::string_view tag);

    // Adds a tag in the form of a compressed one that is not compressed: one block of deflate's
    // that is stored as it is (RFC 1951, 3.2.4). Xapian then leaves it alone when it merges tables,
    // where it would deflate a plain one, which costs more time than all other work on a record.
    void add_stored(std::string_view key, std::string_view tag);

    // Writes the file; nothing can be added any more.
    void finish(const std::string &path);

    // How the version file describes the table, once it is finished.
    std::string root_info(unsigned compress_minimum) const;

    static std::string root_info_of_absent(unsigned compress_minimum);

  private:
    // The block of one level that is being filled.
    struct Level {
        uint32_t block;
        size_t directory_end, free_end;
    };

    void add(std::string_view key, std::string_view tag, bool compressed);
    void add_item(
        std::string_view key, uint16_t component, bool last, bool compressed,
        std::string_view chunk);
    void add_branch(size_t level, std::string_view key, uint16_t component, uint32_t block);
    uint8_t *reserve(Level &level, size_t size);
    bool fits(const Level &level, size_t size) const;
    Level new_block();
    void write_header(const Level &level, size_t number);

    // The file's blocks, in order.
    std::vector<uint8_t> file;
    std::vector<Level> levels;
    std::string last_key, stored;
    uint64_t entry_count = 0;
    uint32_t block_count = 0;
    // The first block of the highest level.
    uint32_t first_block = 0;
};

// Numbers and strings as glass packs them (`common/pack.h`).
void pack_number(std::string &bytes, uint64_t number);
void pack_sorted_number(std::string &bytes, uint32_t number);
void pack_text(std::string &bytes, std::string_view text);

} // namespace cxapian

#endif
