#include "glass_table.h"

#include <algorithm>
#include <cstring>
#include <xapian.h>

#include "packing.h"

namespace cxapian {

namespace {

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

uint8_t *put_bytes(uint8_t *place, std::string_view bytes) {
    if (!bytes.empty()) memcpy(place, bytes.data(), bytes.size());
    return place + bytes.size();
}

// The shortest beginning of `key` that is greater than `previous`.
std::string_view separator(std::string_view previous, std::string_view key) {
    size_t limit = std::min(previous.size(), key.size());
    size_t common =
        std::mismatch(key.begin(), key.begin() + limit, previous.begin()).first - key.begin();
    return key.substr(0, std::min(common + 1, key.size()));
}

// What stands before each block of a deflate stream whose blocks are stored as they are.
struct StoredHeader {
    char bytes[5];

    StoredHeader(size_t count, bool is_last)
        : bytes{
              char(is_last), char(count), char(count >> 8), char(~count), char(~count >> 8)} {}
    std::string_view text() const { return {bytes, sizeof bytes}; }
};

} // namespace

void GlassTable::Level::start(std::string_view key, uint16_t component) {
    directory_end = directory_start;
    free_end = block_size;
    this->key.assign(key);
    this->component = component;
}

bool GlassTable::Level::fits(size_t size) const {
    return free_end - directory_end >= size + directory_entry;
}

uint8_t *GlassTable::Level::reserve(size_t size) {
    free_end -= size;
    put2(block.get() + directory_end, free_end);
    directory_end += directory_entry;
    return block.get() + free_end;
}

GlassTable::GlassTable(const std::string &path) : file(path) {
    levels.emplace_back();
    // Every table begins with an entry of the empty key, which stands before all others.
    add_item({}, 1, true, false, {}, {});
}

void GlassTable::add(std::string_view key, std::string_view tag) { add(key, {}, tag, false); }

void GlassTable::add_stored(std::string_view key, std::string_view tag) {
    constexpr size_t block_limit = 0xffff;
    if (tag.size() <= block_limit) {
        add(key, StoredHeader(tag.size(), true).text(), tag, true);
        return;
    }
    stored.clear();
    while (!tag.empty()) {
        std::string_view block = tag.substr(0, block_limit);
        tag.remove_prefix(block.size());
        stored += StoredHeader(block.size(), tag.empty()).text();
        stored += block;
    }
    add(key, {}, stored, true);
}

// The tag is `head` and `tag`; a head is short.
void GlassTable::add(
    std::string_view key, std::string_view head, std::string_view tag, bool compressed) {
    if (key.size() > 255) throw Xapian::InvalidArgumentError("a key that is too long for glass");
    // A tag that does not fit one item goes on in the next ones, which are numbered.
    size_t first_capacity = maximum_item - item_header - key_header - key.size();
    size_t next_capacity = first_capacity - component_size;
    uint16_t component = 1;
    size_t taken = std::min(tag.size(), first_capacity - head.size());
    add_item(key, component, taken == tag.size(), compressed, head, tag.substr(0, taken));
    while (taken < tag.size()) {
        size_t count = std::min(tag.size() - taken, next_capacity);
        if (component == UINT16_MAX) throw Xapian::UnimplementedError("a tag that is too long");
        add_item(
            key, ++component, taken + count == tag.size(), compressed, {},
            tag.substr(taken, count));
        taken += count;
    }
    ++entry_count;
}

void GlassTable::add_item(
    std::string_view key, uint16_t component, bool last, bool compressed, std::string_view head,
    std::string_view chunk) {
    size_t component_bytes = component > 1 ? component_size : 0;
    size_t size =
        item_header + key_header + key.size() + component_bytes + head.size() + chunk.size();
    if (!levels[0].fits(size)) {
        close(0);
        levels[0].start(separator(last_key, key), component);
    }
    uint8_t *item = levels[0].reserve(size);
    put2(item, size - 3);
    item[0] |= uint8_t(
        (compressed ? compressed_flag : 0) | (last ? last_component_flag : 0)
        | (component == 1 ? first_component_flag : 0));
    item += item_header;
    *item++ = uint8_t(key.size());
    item = put_bytes(item, key);
    if (component > 1) {
        put2(item, component);
        item += component_size;
    }
    put_bytes(put_bytes(item, head), chunk);
    last_key.assign(key);
}

void GlassTable::close(size_t number) {
    uint32_t block = write(levels[number], number);
    if (levels.size() == number + 1) levels.emplace_back();
    add_branch(number + 1, block);
}

void GlassTable::add_branch(size_t number, uint32_t block) {
    size_t size = block_number_size + key_header + levels[number - 1].key.size() + component_size;
    if (!levels[number].fits(size)) {
        close(number);
        levels[number].start(levels[number - 1].key, levels[number - 1].component);
    }
    // Only now: closing may have added a level, which moves them all.
    const Level &child = levels[number - 1];
    uint8_t *item = levels[number].reserve(size);
    put4(item, block);
    item[block_number_size] = uint8_t(child.key.size());
    put2(put_bytes(item + block_number_size + key_header, child.key), child.component);
}

uint32_t GlassTable::write(Level &level, size_t number) {
    uint8_t *block = level.block.get();
    put4(block, revision);
    block[level_place] = uint8_t(number);
    size_t free = level.free_end - level.directory_end;
    put2(block + 5, free);
    put2(block + 7, free);
    put2(block + directory_end_place, level.directory_end);
    memset(block + level.directory_end, 0, free);
    file.write({reinterpret_cast<char *>(block), block_size});
    checksums_.push_back(block_checksum(block));
    if (block_count == UINT32_MAX) throw Xapian::UnimplementedError("a table that is too large");
    return block_count++;
}

FileDescription GlassTable::finish() {
    // The highest level never has more than the one block that is still open: the root, which is
    // the file's last.
    for (size_t number = 0; number + 1 < levels.size(); ++number) close(number);
    write(levels.back(), levels.size() - 1);
    return file.finish();
}

std::string GlassTable::root_info(unsigned compress_minimum) const {
    std::string bytes;
    pack_number(bytes, block_count - 1);
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

} // namespace cxapian
