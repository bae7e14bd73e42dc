#include "glass_table.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <xapian.h>

namespace cxapian {

namespace {

constexpr size_t directory_start = 11, directory_entry = 2;
constexpr size_t item_header = 2, key_header = 1, component_size = 2, block_number_size = 4;
constexpr uint8_t compressed_flag = 0x80, last_component_flag = 0x40, first_component_flag = 0x20;

// Four items fit into a block at least.
constexpr size_t maximum_item = (GlassTable::block_size - directory_start - 4 * directory_entry) / 4;

constexpr uint32_t revision = 1;

void put2(uint8_t *place, size_t number) {
    place[0] = uint8_t(number >> 8);
    place[1] = uint8_t(number);
}

void put4(uint8_t *place, uint32_t number) {
    put2(place, number >> 16);
    put2(place + 2, number & 0xffff);
}

// The shortest beginning of `key` that is greater than `previous`.
std::string_view separator(std::string_view previous, std::string_view key) {
    size_t limit = std::min(previous.size(), key.size());
    size_t common =
        std::mismatch(key.begin(), key.begin() + limit, previous.begin()).first - key.begin();
    return key.substr(0, std::min(common + 1, key.size()));
}

} // namespace

GlassTable::GlassTable() {
    levels.push_back(new_block());
    // Every table begins with an entry of the empty key, which stands before all others.
    add_item({}, 1, true, false, {});
}

GlassTable::Level GlassTable::new_block() {
    Level level{uint32_t(file.size() / block_size), directory_start, block_size};
    file.resize(file.size() + block_size);
    return level;
}

bool GlassTable::fits(const Level &level, size_t size) const {
    return level.free_end - level.directory_end >= size + directory_entry;
}

uint8_t *GlassTable::reserve(Level &level, size_t size) {
    uint8_t *block = file.data() + size_t(level.block) * block_size;
    level.free_end -= size;
    put2(block + level.directory_end, level.free_end);
    level.directory_end += directory_entry;
    return block + level.free_end;
}

void GlassTable::write_header(const Level &level, size_t number) {
    uint8_t *block = file.data() + size_t(level.block) * block_size;
    put4(block, revision);
    block[4] = uint8_t(number);
    size_t free = level.free_end - level.directory_end;
    put2(block + 5, free);
    put2(block + 7, free);
    put2(block + 9, level.directory_end);
}

void GlassTable::add(std::string_view key, std::string_view tag) { add(key, tag, false); }

void GlassTable::add_stored(std::string_view key, std::string_view tag) {
    constexpr size_t block_limit = 0xffff;
    stored.clear();
    do {
        std::string_view block = tag.substr(0, block_limit);
        tag.remove_prefix(block.size());
        stored += char(tag.empty());
        for (size_t number : {block.size(), ~block.size()}) {
            stored += char(number);
            stored += char(number >> 8);
        }
        stored += block;
    } while (!tag.empty());
    add(key, stored, true);
}

void GlassTable::add(std::string_view key, std::string_view tag, bool compressed) {
    if (key.size() > 255) throw Xapian::InvalidArgumentError("a key that is too long for glass");
    // A tag that does not fit one item goes on in the next ones, which are numbered.
    size_t first_capacity = maximum_item - item_header - key_header - key.size();
    size_t next_capacity = first_capacity - component_size;
    uint16_t component = 1;
    size_t taken = std::min(tag.size(), first_capacity);
    add_item(key, component, taken == tag.size(), compressed, tag.substr(0, taken));
    while (taken < tag.size()) {
        size_t count = std::min(tag.size() - taken, next_capacity);
        if (component == UINT16_MAX) throw Xapian::UnimplementedError("a tag that is too long");
        add_item(
            key, ++component, taken + count == tag.size(), compressed, tag.substr(taken, count));
        taken += count;
    }
    ++entry_count;
}

void GlassTable::add_item(
    std::string_view key, uint16_t component, bool last, bool compressed,
    std::string_view chunk) {
    size_t component_bytes = component > 1 ? component_size : 0;
    size_t size = item_header + key_header + key.size() + component_bytes + chunk.size();
    if (!fits(levels[0], size)) {
        write_header(levels[0], 0);
        levels[0] = new_block();
        add_branch(1, separator(last_key, key), component, levels[0].block);
    }
    uint8_t *item = reserve(levels[0], size);
    put2(item, size - 3);
    item[0] |= uint8_t(
        (compressed ? compressed_flag : 0) | (last ? last_component_flag : 0)
        | (component == 1 ? first_component_flag : 0));
    item += item_header;
    *item++ = uint8_t(key.size());
    item = std::copy(key.begin(), key.end(), item);
    if (component > 1) {
        put2(item, component);
        item += component_size;
    }
    std::copy(chunk.begin(), chunk.end(), item);
    last_key.assign(key);
}

void GlassTable::add_branch(
    size_t number, std::string_view key, uint16_t component, uint32_t block) {
    auto put = [&](std::string_view key, uint16_t component, uint32_t block) {
        uint8_t *item = reserve(
            levels[number], block_number_size + key_header + key.size() + component_size);
        put4(item, block);
        item[block_number_size] = uint8_t(key.size());
        std::copy(key.begin(), key.end(), item + block_number_size + key_header);
        put2(item + block_number_size + key_header + key.size(), component);
    };
    if (levels.size() == number) {
        // The first block of every level is reached by the empty key.
        levels.push_back(new_block());
        put({}, 0, first_block);
        first_block = levels[number].block;
    }
    size_t size = block_number_size + key_header + key.size() + component_size;
    if (!fits(levels[number], size)) {
        write_header(levels[number], number);
        levels[number] = new_block();
        add_branch(number + 1, key, component, levels[number].block);
    }
    put(key, component, block);
}

void GlassTable::finish(const std::string &path) {
    for (size_t number = 0; number < levels.size(); ++number) write_header(levels[number], number);
    std::unique_ptr<FILE, int (*)(FILE *)> output(fopen(path.c_str(), "wb"), fclose);
    if (!output) throw Xapian::DatabaseOpeningError(path + ": cannot be made", errno);
    bool written = fwrite(file.data(), 1, file.size(), output.get()) == file.size();
    int cause = errno;
    FILE *handle = output.release();
    if (fclose(handle) != 0 && written) {
        written = false;
        cause = errno;
    }
    if (!written) throw Xapian::DatabaseError(path + ": cannot be written", cause);
    block_count = uint32_t(file.size() / block_size);
    file = {};
}

std::string GlassTable::root_info(unsigned compress_minimum) const {
    std::string bytes;
    pack_number(bytes, levels.back().block);
    pack_number(bytes, (levels.size() - 1) << 2 | 2);
    pack_number(bytes, entry_count);
    pack_number(bytes, block_size >> 11);
    pack_number(bytes, compress_minimum);
    // No free blocks; the next one to use is behind the last.
    std::string free_list;
    pack_number(free_list, revision);
    pack_number(free_list, block_count);
    free_list.append(4, '\0');
    pack_text(bytes, free_list);
    return bytes;
}

std::string GlassTable::root_info_of_absent(unsigned compress_minimum) {
    std::string bytes;
    pack_number(bytes, 0);
    pack_number(bytes, 3);
    pack_number(bytes, 0);
    pack_number(bytes, block_size >> 11);
    pack_number(bytes, compress_minimum);
    pack_text(bytes, {});
    return bytes;
}

void pack_number(std::string &bytes, uint64_t number) {
    for (; number >= 128; number >>= 7) bytes += char(number | 128);
    bytes += char(number);
}

void pack_sorted_number(std::string &bytes, uint32_t number) {
    if (number < 0x8000) {
        bytes += char(number >> 8);
        bytes += char(number);
        return;
    }
    // As many leading ones as bytes follow the second, then a zero.
    int length = number < 1u << 22 ? 3 : number < 1u << 29 ? 4 : 5;
    uint8_t mask = uint8_t(0xff << (10 - length));
    for (int index = length - 1; index >= 0; --index) {
        uint8_t byte = uint8_t(uint64_t(number) >> (8 * index));
        bytes += char(index == length - 1 ? byte | mask : byte);
    }
}

void pack_text(std::string &bytes, std::string_view text) {
    pack_number(bytes, text.size());
    bytes += text;
}

} // namespace cxapian
