#include "term_numbers.h"

#include <random>
#include <xapian.h>

namespace cxapian {

// The seed is chosen by chance, so that nobody can prepare words that all fall into one place.
TermNumbers::TermNumbers() : places(1 << 10) {
    std::random_device random;
    seed = uint64_t(random()) << 32 | random();
}

uint32_t TermNumbers::insert(std::string_view text, uint64_t start, uint64_t hash) {
    if (texts.size() + text.size() > UINT32_MAX)
        throw Xapian::InvalidArgumentError("a batch with too many terms");
    terms_.push_back({start, uint32_t(texts.size()), uint32_t(text.size())});
    texts += text;
    uint64_t content = hash >> 32 << 32 | terms_.size();
    if (2 * terms_.size() < places.size()) {
        put(content);
    } else {
        std::vector<uint64_t> smaller(places.size() * 4);
        smaller.swap(places);
        for (uint64_t content : smaller)
            if (content != 0) put(content);
        put(content);
    }
    return uint32_t(terms_.size() - 1);
}

void TermNumbers::put(uint64_t content) {
    size_t place = content >> 32 & mask();
    while (places[place] != 0) place = (place + 1) & mask();
    places[place] = content;
}

} // namespace cxapian
