#ifndef CXAPIAN_BLOCK_CHECKSUMS_H
#define CXAPIAN_BLOCK_CHECKSUMS_H

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "input_file.h"
#include "output_file.h"

namespace cxapian {

// The number by which the bytes of a block of a table are known again. Not against intent.
uint32_t block_checksum(const uint8_t *block);

// The tables of a part that are read.
enum GlassTableName { postings_table, data_table, terms_table, positions_table, table_count };

constexpr const char *glass_file_names[table_count] = {
    "postlist.glass", "docdata.glass", "termlist.glass", "position.glass"};

// The checksums of all blocks of a part, which a file beside the tables keeps: a search reads few
// blocks, and knows of each whether it is what was written.
//
// The file holds a line that names its form, then for each table a u32 with the number of its
// blocks, a u32 by which this and the following are known again, and a u32 for each block,
// little-endian. Parts by versions before this have no such file, and Xapian does not keep it up.
using BlockChecksums = std::array<std::vector<uint32_t>, table_count>;

// `path` is the part's folder.
FileDescription write_block_checksums(const std::string &path, const BlockChecksums &checksums);

// To be called before a part's tables are changed in place.
void discard_block_checksums(const std::string &path);

// Reads them, those of a table when it is first read.
class BlockChecksumReader {
    InputFile file;
    std::array<bool, table_count> are_loaded{};
    BlockChecksums checksums;

  public:
    // `path` is the part's folder.
    explicit BlockChecksumReader(const std::string &path);

    // Null where nothing is known of the part's blocks.
    const std::vector<uint32_t> *of(GlassTableName table);

  private:
    void load(GlassTableName table);
};

} // namespace cxapian

#endif
