#ifndef CXAPIAN_GLASS_TABLE_H
#define CXAPIAN_GLASS_TABLE_H

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "block_checksums.h"
#include "glass_block.h"
#include "output_file.h"

namespace cxapian {

// Writes one table of a Xapian glass database from entries in ascending order of their keys.
//
// A table is a B-tree in blocks of 8 KiB. Xapian builds it by inserting; with sorted entries every
// block can be filled once and left, so that only one block of each level is in memory.
class GlassTable {
  public:
    static constexpr size_t block_size = glass_block_size;

    explicit GlassTable(const std::string &path);

    void add(std::string_view key, std::string_view tag);

    // Adds a tag in the form of a compressed one that is not compressed: one block of deflate's
    // that is stored as it is (RFC 1951, 3.2.4). Xapian then leaves it alone when it merges tables,
    // where it would deflate a plain one, which costs more time than all other work on a record.
    void add_stored(std::string_view key, std::string_view tag);

    // Ends the file; nothing can be added any more.
    FileDescription finish();

    // Those of all blocks, once the table is finished.
    const std::vector<uint32_t> &checksums() const { return checksums_; }

    // How the version file describes the table, once it is finished.
    std::string root_info(unsigned compress_minimum) const;

    static std::string root_info_of_absent(unsigned compress_minimum);

  private:
    // The block of one level that is being filled. It gets its number when it is full.
    struct Level {
        std::unique_ptr<uint8_t[]> block{new uint8_t[block_size]};
        size_t directory_end, free_end;
        // The smallest key and component that are looked for in the block.
        std::string key;
        uint16_t component;

        Level() { start({}, 0); }
        void start(std::string_view key, uint16_t component);
        bool fits(size_t size) const;
        uint8_t *reserve(size_t size);
    };

    void add(std::string_view key, std::string_view head, std::string_view tag, bool compressed);
    void add_item(
        std::string_view key, uint16_t component, bool last, bool compressed,
        std::string_view head, std::string_view chunk);
    // Writes a level's block and enters it in the level above.
    void close(size_t number);
    void add_branch(size_t number, uint32_t block);
    uint32_t write(Level &level, size_t number);

    OutputFile file;
    std::vector<Level> levels;
    std::string last_key, stored;
    std::vector<uint32_t> checksums_;
    uint64_t entry_count = 0;
    uint32_t block_count = 0;
};

} // namespace cxapian

#endif
