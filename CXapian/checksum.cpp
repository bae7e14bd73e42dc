#include "checksum.h"

#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

#include "guard.h"

namespace cxapian {

namespace {

uint64_t turned(uint64_t sum) { return sum << 29 | sum >> 35; }

} // namespace

void FileChecksum::add(uint8_t *piece, size_t count) {
    memset(piece + count, 0, 7);
    for (size_t offset = 0; offset < count; offset += 8) {
        uint64_t word;
        memcpy(&word, piece + offset, sizeof word);
        sum = (sum ^ word) * 0x100000001b3;
    }
    sum = turned(sum);
}

uint64_t FileChecksum::value() const { return turned(sum); }

} // namespace cxapian

using namespace cxapian;

cxapian_status cxapian_file_checksum(
    const char *path, uint64_t *checksum, uint64_t *byte_count, cxapian_error *error) {
    *checksum = 0;
    *byte_count = 0;
    std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path, "rb"), fclose);
    if (!file) {
        describe(error, strerror(errno));
        return errno == ENOENT ? cxapian_missing : cxapian_input_output;
    }
    return guarded(error, [&] {
        FileChecksum sum;
        std::vector<uint8_t> piece(FileChecksum::piece_size + 7);
        while (true) {
            size_t count = fread(piece.data(), 1, FileChecksum::piece_size, file.get());
            if (ferror(file.get())) throw Xapian::DatabaseError("cannot read", errno);
            if (count == 0) break;
            sum.add(piece.data(), count);
            *byte_count += count;
        }
        *checksum = sum.value();
    });
}
