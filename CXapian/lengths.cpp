#include "lengths.h"

#include <algorithm>
#include <new>

namespace cxapian {

namespace {

constexpr uint32_t greatest_length = UINT32_MAX - 1;

// Keeping a chunk costs as much as some ten look-ups, in memory too that nobody has used yet.
// Stretches differ in when it is worth it, or a series of searches would come to keep all of them at
// about the same time.
uint8_t lookups_worth(uint32_t stretch) { return uint8_t(32 + (stretch * 0x9e3779b9u >> 26)); }

} // namespace

uint32_t Lengths::find(uint32_t document) {
    if (document > last) throw Damage("a posting of a document that does not exist");
    if (!chunks) {
        lookups.resize((last >> stretch_bits) + 1);
        chunks = std::make_unique<PostingChunks>(tree, std::string_view());
        start_chunk();
    }
    if (document < chunks->first() || document > chunks->last()) {
        if (!chunks->seek(document)) throw Damage("a document without a length");
        start_chunk();
    }
    uint32_t stretch = document >> stretch_bits;
    if (lookups[stretch] == lookups_worth(stretch))
        keep_chunk();
    else
        ++lookups[stretch];
    if (document < current) start_chunk();
    while (current < document && !rest.at_end()) {
        current += rest.small_number() + 1;
        length = rest.number();
    }
    if (current != document) throw Damage("a document without a length");
    return uint32_t(std::min<uint64_t>(length, greatest_length));
}

void Lengths::start_chunk() {
    rest = chunks->reader();
    current = chunks->first();
    length = rest.at_end() ? 0 : rest.number();
}

void Lengths::keep_chunk() {
    if (!known) {
        // Memory of the system that nothing was written to yet costs nothing.
        known.reset(static_cast<uint32_t *>(calloc(size_t(last) + 1, sizeof(uint32_t))));
        if (!known) throw std::bad_alloc();
    }
    chunks->for_each([&](uint32_t number, uint64_t value) {
        if (number <= last)
            known[number] = uint32_t(std::min<uint64_t>(value, greatest_length)) + 1;
    });
}

} // namespace cxapian
