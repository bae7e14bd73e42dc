#include "block_checksums.h"

#include <cstring>
#include <unistd.h>

#include "cxapian.h"
#include "glass_block.h"

namespace cxapian {

namespace {

constexpr char form[] = "nearfind block checksums 1\n";
constexpr size_t form_size = sizeof form - 1;
// Of a table: how many, and by what these are known again.
constexpr size_t header_size = 2 * sizeof(uint32_t);

std::string file_path(const std::string &folder) {
    return folder + "/" + cxapian_block_checksums_name;
}

// Multiplications wait for one another: four chains beside each other keep a processor busy. Each
// step is reversible in the sum and in the word, so that no word changes alone without the sum.
class ChainedSum {
    static constexpr uint64_t factor = 0x9e3779b97f4a7c15;
    uint64_t sums[4] = {1, 2, 3, 4};

    static uint64_t step(uint64_t sum, uint64_t word) {
        return ((sum << 29 | sum >> 35) ^ word) * factor;
    }

  public:
    static constexpr size_t stride = sizeof sums;

    void add(const uint8_t *bytes) {
        uint64_t words[4];
        memcpy(words, bytes, sizeof words);
        for (int chain = 0; chain < 4; ++chain) sums[chain] = step(sums[chain], words[chain]);
    }

    uint32_t value() const {
        uint64_t sum = sums[0];
        for (int chain = 1; chain < 4; ++chain) sum = step(sum, sums[chain]);
        sum = (sum ^ sum >> 32) * factor;
        return uint32_t(sum >> 32);
    }
};

uint32_t sum_of(const std::vector<uint32_t> &checksums) {
    ChainedSum sum;
    auto bytes = reinterpret_cast<const uint8_t *>(checksums.data());
    size_t left = checksums.size() * sizeof(uint32_t);
    for (; left >= sum.stride; left -= sum.stride, bytes += sum.stride) sum.add(bytes);
    uint8_t end[ChainedSum::stride] = {};
    if (left > 0) memcpy(end, bytes, left);
    // Fewer than fill the place: the last four bytes are free.
    uint32_t count = uint32_t(checksums.size());
    memcpy(end + sizeof end - sizeof count, &count, sizeof count);
    sum.add(end);
    return sum.value();
}

// In the file's byte order, which is that of all machines that this runs on.
void append(std::string &bytes, uint32_t number) {
    bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
}

} // namespace

uint32_t block_checksum(const uint8_t *block) {
    ChainedSum sum;
    for (size_t offset = 0; offset < glass_block_size; offset += sum.stride) sum.add(block + offset);
    return sum.value();
}

FileDescription write_block_checksums(const std::string &folder, const BlockChecksums &checksums) {
    std::string bytes(form, form_size);
    for (const std::vector<uint32_t> &table : checksums) {
        append(bytes, uint32_t(table.size()));
        append(bytes, sum_of(table));
        for (uint32_t checksum : table) append(bytes, checksum);
    }
    OutputFile file(file_path(folder));
    file.write(bytes);
    return file.finish();
}

void discard_block_checksums(const std::string &folder) { unlink(file_path(folder).c_str()); }

BlockChecksumReader::BlockChecksumReader(const std::string &folder) : file(file_path(folder)) {}

const std::vector<uint32_t> *BlockChecksumReader::of(GlassTableName table) {
    if (!file.is_open()) return nullptr;
    if (!are_loaded[table]) {
        load(table);
        are_loaded[table] = true;
    }
    return &checksums[table];
}

void BlockChecksumReader::load(GlassTableName table) {
    char begin[form_size];
    file.read(begin, sizeof begin, 0);
    if (memcmp(begin, form, form_size) != 0) throw Damage(file.path() + " is in an unknown form");
    uint64_t offset = form_size;
    uint32_t header[2];
    for (int before = 0;; ++before) {
        file.read(header, header_size, offset);
        offset += header_size;
        if (before == table) break;
        offset += uint64_t(header[0]) * sizeof(uint32_t);
    }
    std::vector<uint32_t> &loaded = checksums[table];
    // Not the memory that a damaged number asks for: as many as there are.
    if (header[0] > 0) {
        uint32_t last;
        file.read(&last, sizeof last, offset + (uint64_t(header[0]) - 1) * sizeof last);
    }
    loaded.resize(header[0]);
    file.read(loaded.data(), loaded.size() * sizeof(uint32_t), offset);
    if (sum_of(loaded) != header[1])
        throw Damage(file.path() + " has changed since it was written");
}

} // namespace cxapian
