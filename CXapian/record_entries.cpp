#include "record_entries.h"

#include <xapian.h>
#include <zlib.h>

#include "packing.h"

namespace cxapian {

namespace {

// The content of a deflate stream of one block that is stored as it is; that is how this program
// writes entries. Null where it is another.
const char *stored_content(std::string_view stream) {
    constexpr size_t header = 5;
    if (stream.size() < header || uint8_t(stream[0]) != 1) return nullptr;
    size_t count = uint8_t(stream[1]) | size_t(uint8_t(stream[2])) << 8;
    return count == stream.size() - header ? stream.data() + header : nullptr;
}

void inflate_stream(std::string_view stream, std::string &content) {
    z_stream state = {};
    // Without a header of zlib's.
    if (inflateInit2(&state, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
    state.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(stream.data()));
    state.avail_in = uInt(stream.size());
    content.clear();
    int status = Z_OK;
    while (status == Z_OK) {
        char piece[8192];
        state.next_out = reinterpret_cast<Bytef *>(piece);
        state.avail_out = sizeof piece;
        status = inflate(&state, Z_SYNC_FLUSH);
        content.append(piece, sizeof piece - state.avail_out);
    }
    inflateEnd(&state);
    if (status != Z_STREAM_END) throw Damage("an entry that does not inflate");
}

} // namespace

bool DocumentEntries::find(uint32_t document) {
    tag_ = {};
    if (!cursor.find(DocumentKey(document).text())) return false;
    tag_ = cursor.tag();
    if (!cursor.is_compressed()) return true;
    if (const char *content = stored_content(tag_)) {
        tag_.remove_prefix(content - tag_.data());
    } else {
        inflate_stream(tag_, inflated);
        tag_ = inflated;
    }
    return true;
}

ValueStream::ValueStream(GlassTree &tree, unsigned slot) : cursor(tree), key_start([slot] {
    std::string key("\0\xd8", 2);
    pack_number(key, slot);
    return key;
}()) {}

std::string_view ValueStream::at(uint32_t number) {
    if (number < first || number >= end)
        find_chunk(number);
    else if (number < document)
        start_chunk();
    while (document < number && !rest.at_end()) {
        uint64_t next = uint64_t(document) + rest.small_number() + 1;
        if (next >= end) throw Damage("a value of another chunk");
        document = uint32_t(next);
        value = rest.text();
    }
    return document == number ? value : std::string_view();
}

void ValueStream::find_chunk(uint32_t number) {
    std::string key = key_start;
    key += DocumentKey(number).text();
    cursor.find(key);
    chunk.clear();
    if (is_chunk(first))
        chunk.assign(cursor.tag());
    else
        first = 0;
    if (!cursor.next() || !is_chunk(end)) end = UINT32_MAX;
    start_chunk();
}

void ValueStream::start_chunk() {
    rest = PackedReader(chunk);
    document = first;
    value = chunk.empty() ? std::string_view() : rest.text();
}

bool ValueStream::is_chunk(uint32_t &begin) const {
    std::string_view key = cursor.key();
    if (key.substr(0, key_start.size()) != key_start) return false;
    begin = PackedReader(key.substr(key_start.size())).sorted_number();
    return true;
}

} // namespace cxapian
