#include "checksum.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sys/stat.h>

#include "block_checksums.h"
#include "glass_block.h"
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

FileDescription describe_file(const std::string &path, std::vector<uint32_t> *blocks) {
    std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "rb"), fclose);
    struct stat status;
    if (!file || fstat(fileno(file.get()), &status) != 0) {
        if (errno == ENOENT) throw Xapian::DatabaseNotFoundError(path + ": there is no such file");
        throw Xapian::DatabaseError(path + ": cannot be opened", errno);
    }
    FileDescription result{path.substr(path.rfind('/') + 1), 0, 0};
    FileChecksum sum;
    // Most files that are looked at on opening are small.
    size_t room = std::min<uint64_t>(uint64_t(status.st_size) + 1, FileChecksum::piece_size);
    std::vector<uint8_t> piece(room + 7);
    while (true) {
        size_t count = fread(piece.data(), 1, room, file.get());
        if (ferror(file.get())) throw Xapian::DatabaseError(path + ": cannot be read", errno);
        if (count == 0) break;
        if (blocks) {
            if (count % glass_block_size != 0) throw Damage(path + " ends within a block");
            for (size_t place = 0; place < count; place += glass_block_size)
                blocks->push_back(block_checksum(piece.data() + place));
        }
        sum.add(piece.data(), count);
        result.byte_count += count;
    }
    result.checksum = sum.value();
    return result;
}

} // namespace cxapian

using namespace cxapian;

cxapian_status cxapian_file_checksum(
    const char *path, uint64_t *checksum, uint64_t *byte_count, cxapian_error *error) {
    *checksum = 0;
    *byte_count = 0;
    return guarded(error, [&] {
        FileDescription file = describe_file(path, nullptr);
        *checksum = file.checksum;
        *byte_count = file.byte_count;
    });
}
