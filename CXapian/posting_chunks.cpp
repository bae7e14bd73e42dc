#include "posting_chunks.h"

#include "packing.h"

namespace cxapian {

std::string posting_key(std::string_view term) {
    if (term.empty()) return std::string("\0\xe0", 2);
    std::string key;
    for (size_t nul; (nul = term.find('\0')) != term.npos; term.remove_prefix(nul + 1)) {
        key += term.substr(0, nul + 1);
        key += '\xff';
    }
    key += term;
    return key;
}

PostingChunks::PostingChunks(GlassTree &tree, std::string_view term)
    : cursor(tree), first_key(posting_key(term)), key(first_key) {
    if (!term.empty()) key += '\0';
    key_size = key.size();
    if (cursor.find(first_key)) read();
}

bool PostingChunks::seek(uint32_t target) {
    // Also where there is no such term.
    if (target > last_ && is_last) return false;
    if (target >= first_) {
        // What is probably in one of the next two is sooner found by looking at these.
        uint64_t reach = uint64_t(last_) + 2 * (uint64_t(last_) - first_ + 1);
        for (int near = 0; near < 2 && last_ < target && target <= reach; ++near)
            if (!next()) return false;
        if (last_ >= target) return true;
    }
    key.resize(key_size);
    key += DocumentKey(target).text();
    cursor.find(key);
    read();
    return last_ >= target || next();
}

bool PostingChunks::next() {
    if (is_last) return false;
    uint32_t before = last_;
    if (!cursor.next()) throw Damage("a posting list without an end");
    read();
    if (first_ <= before) throw Damage("postings out of order");
    return true;
}

void PostingChunks::read() {
    std::string_view entry = cursor.key();
    bool is_first = entry == first_key;
    if (!is_first) {
        if (entry.substr(0, key_size) != std::string_view(key).substr(0, key_size))
            throw Damage("a posting list without an end");
        first_ = PackedReader(entry.substr(key_size)).sorted_number();
    }
    PackedReader reader(cursor.tag());
    if (is_first) {
        frequency_ = reader.number();
        reader.number(); // the sum of all values
        first_ = reader.small_number() + 1;
    }
    is_last = reader.byte() == '1';
    uint64_t end = uint64_t(first_) + reader.small_number();
    if (end >= UINT32_MAX) throw Damage("documents beyond all numbers");
    last_ = uint32_t(end);
    postings = reader.rest();
}

void PostingChunks::decode(Postings &result) const {
    // A posting has two bytes at least, but the first.
    size_t most = postings.size() / 2 + 1;
    result.documents.resize(most + 1);
    result.occurrences.resize(most);
    uint32_t *document = result.documents.data();
    uint8_t *occurrences = result.occurrences.data();
    for_each([&](uint32_t number, uint64_t value) {
        *document++ = number;
        *occurrences++ = uint8_t(value);
    });
    *document = UINT32_MAX;
    result.documents.resize(document + 1 - result.documents.data());
    result.occurrences.resize(occurrences - result.occurrences.data());
}

} // namespace cxapian
