#include "value_chunks.h"

namespace cxapian {

ValueChunks::ValueChunks(unsigned slot) : key_start("\0\xd8", 2) { pack_number(key_start, slot); }

void ValueChunks::add(uint32_t document, const std::string &value) {
    if (value.empty()) return;
    if (chunk.empty())
        first_document = document;
    else
        pack_number(chunk, document - last_document - 1);
    pack_text(chunk, value);
    last_document = document;
    statistics_.add(value);
    if (chunk.size() >= chunk_size) close();
}

void ValueChunks::close() {
    if (chunk.empty()) return;
    std::string key = key_start;
    key += DocumentKey(first_document).text();
    closed.append_text(key);
    closed.append_text(chunk);
    chunk.clear();
}

void ValueChunks::write(ByteBuffer &bytes) {
    close();
    bytes.append(closed.text());
    bytes.append_text({});
}

std::string value_statistics_key(unsigned slot) {
    std::string key("\0\xd0", 2);
    if (slot) pack_number(key, slot);
    return key;
}

std::string value_statistics_tag(const ValueStatistics &statistics) {
    std::string tag;
    pack_number(tag, statistics.count);
    pack_text(tag, statistics.lower);
    if (statistics.lower != statistics.upper) tag += statistics.upper;
    return tag;
}

} // namespace cxapian
