#include "kept_postings.h"

#include <atomic>

#include "cxapian.h"
#include "layout.h"

namespace cxapian {

namespace {

constexpr size_t most_seen = 1024;

// One list may take this share of what is kept: many words are worth more than one.
constexpr size_t greatest_share = 16;

// Of all parts.
std::atomic<size_t> kept_bytes{0};
std::atomic<size_t> kept_limit{cxapian_standard_kept_bytes};

} // namespace

KeptPostings::~KeptPostings() {
    while (!entries.empty()) drop_oldest();
}

std::shared_ptr<const Postings> KeptPostings::find(const std::string &term) {
    auto place = places.find(term);
    if (place != places.end()) {
        entries.splice(entries.begin(), entries, place->second);
        return place->second->postings;
    }
    if (seen.size() >= most_seen) seen.clear();
    if (seen.insert(term).second) return nullptr;
    PostingChunks chunks(tree, term);
    size_t frequency = chunks.frequency();
    size_t byte_count = frequency * Postings::byte_count_of_one;
    if (frequency == 0 || byte_count > kept_limit / greatest_share || !make_room(byte_count))
        return nullptr;
    try {
        entries.push_front({term, decoded(chunks, frequency)});
        places[term] = entries.begin();
    } catch (...) {
        // The room would stay taken for ever.
        if (!entries.empty() && entries.front().term == term) entries.pop_front();
        kept_bytes -= byte_count;
        throw;
    }
    seen.erase(term);
    return entries.front().postings;
}

uint64_t KeptPostings::frequency(const std::string &term) const {
    auto place = places.find(term);
    if (place != places.end()) return place->second->postings->count();
    GlassCursor cursor(tree);
    return cursor.find(posting_key(term)) ? posting_frequency(cursor.tag()) : 0;
}

std::shared_ptr<const Postings> KeptPostings::decoded(PostingChunks &chunks, size_t frequency) {
    auto postings = std::make_shared<Postings>();
    postings->documents.reserve(frequency + 1);
    postings->occurrences.reserve(frequency);
    for (uint32_t target = 1; chunks.seek(target); target = postings->documents.back() + 1) {
        chunks.for_each([&](uint32_t document, uint64_t value) {
            // A damaged list may have more than it says.
            if (postings->count() == frequency) throw Damage("a list of too many postings");
            postings->documents.push_back(document);
            postings->occurrences.push_back(uint8_t(value));
        });
    }
    if (postings->count() < frequency) throw Damage("a list of too few postings");
    postings->documents.push_back(UINT32_MAX);
    return postings;
}

// Takes room, dropping what this part used longest ago. Other parts' lists are theirs to drop:
// another thread may be at them.
bool KeptPostings::make_room(size_t byte_count) {
    while (true) {
        size_t taken = kept_bytes;
        while (taken + byte_count <= kept_limit)
            if (kept_bytes.compare_exchange_weak(taken, taken + byte_count)) return true;
        if (entries.empty()) return false;
        drop_oldest();
    }
}

void KeptPostings::drop_oldest() {
    kept_bytes -= entries.back().postings->byte_count();
    places.erase(entries.back().term);
    entries.pop_back();
}

} // namespace cxapian

size_t cxapian_kept_byte_count(void) { return cxapian::kept_bytes; }

void cxapian_limit_kept_bytes(size_t limit) { cxapian::kept_limit = limit; }
