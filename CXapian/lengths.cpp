#include "lengths.h"

#include <algorithm>
#include <new>

#include "layout.h"

namespace cxapian {

uint32_t Lengths::find(uint32_t document) {
    if (document > last) throw Damage("a posting of a document that does not exist");
    if (!known) {
        // Memory of the system that nothing was written to yet costs nothing.
        known.reset(static_cast<uint32_t *>(calloc(size_t(last) + 1, sizeof(uint32_t))));
        if (!known) throw std::bad_alloc();
        lookups.resize((last >> block_bits) + 1);
    }
    uint32_t block = document >> block_bits;
    uint8_t &count = lookups[block];
    if (count < lookups_worth(block) && ++count == lookups_worth(block))
        keep_block(block << block_bits);
    // Kept now, unless it is 0.
    return known[document] ? known[document] : database.get_doclength(document);
}

void Lengths::keep_block(uint32_t first) {
    uint64_t end = std::min<uint64_t>(uint64_t(first) + (1u << block_bits), uint64_t(last) + 1);
    Xapian::PostingIterator document = database.postlist_begin(""),
                            none = database.postlist_end("");
    if (document != none && *document < first) document.skip_to(first);
    for (uint32_t expected = first; document != none && *document < end; ++document) {
        if (*document < expected) throw Damage("documents out of order");
        expected = *document + 1;
        known[*document] = document.get_doclength();
    }
}

} // namespace cxapian
