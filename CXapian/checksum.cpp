#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include "guard.h"

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
        // FNV-1a (Fowler, Noll and Vo) over words of eight bytes instead of bytes, for speed.
        uint64_t sum = 0xcbf29ce484222325;
        std::vector<uint64_t> block(1 << 17);
        size_t count;
        do {
            size_t capacity = block.size() * sizeof(uint64_t);
            count = fread(block.data(), 1, capacity, file.get());
            if (ferror(file.get())) throw Xapian::DatabaseError("cannot read", errno);
            // The last word may be filled in part only.
            size_t rest = std::min<size_t>(8, capacity - count);
            memset(reinterpret_cast<char *>(block.data()) + count, 0, rest);
            for (size_t word = 0; word < (count + 7) / 8; ++word)
                sum = (sum ^ block[word]) * 0x100000001b3;
            *byte_count += count;
            sum = sum << 29 | sum >> 35;
        } while (count > 0);
        *checksum = sum;
    });
}
