#ifndef CXAPIAN_CHECKSUM_H
#define CXAPIAN_CHECKSUM_H

#include <cstddef>
#include <cstdint>

namespace cxapian {

// The number by which a file's bytes are known again: FNV-1a (Fowler, Noll and Vo) over words of
// eight bytes instead of bytes, for speed, with a turn after each piece.
class FileChecksum {
    uint64_t sum = 0xcbf29ce484222325;

  public:
    // Every piece but the last holds so many bytes.
    static constexpr size_t piece_size = 1 << 20;

    // Room for seven more bytes must follow the piece: its last word is filled up with zeros.
    void add(uint8_t *piece, size_t count);

    uint64_t value() const;
};

} // namespace cxapian

#endif
