#include <algorithm>

#include "guard.h"
#include "part.h"

using namespace cxapian;

namespace {

// Calls `visit` for each document of a term, from each `wanted` on that it gives, until it returns 0:
// `visit` takes a document and returns the next one that it wants, no smaller.
template <typename Visit>
void for_each_document(cxapian_part &part, const std::string &term, Visit visit) {
    PostingChunks chunks(part.tables.postings, term);
    Postings postings;
    uint32_t wanted = 1;
    while (chunks.seek(wanted)) {
        part.check_stop();
        chunks.decode(postings);
        auto end = postings.documents.begin() + ptrdiff_t(postings.count());
        auto document = std::lower_bound(postings.documents.begin(), end, wanted);
        while (document != end) {
            uint32_t found = *document;
            wanted = visit(found);
            if (wanted == 0) return;
            document = wanted == found + 1 ? document + 1 : std::lower_bound(document, end, wanted);
        }
        // No document has this number.
        if (postings.count() == 0 || *(end - 1) == UINT32_MAX) return;
        wanted = std::max(wanted, *(end - 1) + 1);
    }
}

// How many of a term's documents are among these, which ascend; the others of both are passed over.
uint32_t count_common(
    cxapian_part &part, const std::string &term, const std::vector<uint32_t> &documents) {
    uint32_t count = 0;
    auto next = documents.begin();
    if (next == documents.end()) return 0;
    for_each_document(part, term, [&](uint32_t document) -> uint32_t {
        next = std::lower_bound(next, documents.end(), document);
        if (next != documents.end() && *next == document) {
            ++count;
            ++next;
        }
        return next == documents.end() ? 0 : *next;
    });
    return count;
}

std::vector<uint32_t> documents_of(cxapian_part &part, const std::string &term) {
    std::vector<uint32_t> documents;
    for_each_document(part, term, [&](uint32_t document) {
        documents.push_back(document);
        return document + 1;
    });
    return documents;
}

// Whether a term has a document that is not gone. Most have one among their first.
bool is_present(cxapian_part &part, const std::string &term, uint32_t frequency) {
    if (frequency > part.removed.size()) return true;
    bool present = false;
    auto gone = part.removed.begin();
    for_each_document(part, term, [&](uint32_t document) -> uint32_t {
        gone = std::lower_bound(gone, part.removed.end(), document);
        present = gone == part.removed.end() || *gone != document;
        return present ? 0 : document + 1;
    });
    return present;
}

} // namespace

cxapian_status cxapian_part_hide(
    cxapian_part *part, const cxapian_bytes *terms, size_t term_count, uint32_t *document_count,
    uint64_t *total_length, cxapian_error *error) {
    *document_count = 0;
    *total_length = 0;
    return reading(part->mark, error, [&] {
        std::vector<uint32_t> hidden;
        for (size_t index = 0; index < term_count; ++index) {
            std::vector<uint32_t> one = documents_of(*part, std::string(view_of(terms[index])));
            hidden.insert(hidden.end(), one.begin(), one.end());
        }
        part->check_stop();
        // Once for all terms: a union for each would go over all that is hidden as often.
        std::sort(hidden.begin(), hidden.end());
        hidden.erase(std::unique(hidden.begin(), hidden.end()), hidden.end());
        std::vector<uint32_t> left;
        std::set_difference(
            hidden.begin(), hidden.end(), part->removed.begin(), part->removed.end(),
            std::back_inserter(left));
        uint64_t length = 0;
        for (uint32_t document : left) {
            part->check_stop();
            length += part->length(document);
        }
        std::vector<uint32_t> gone;
        std::set_union(
            left.begin(), left.end(), part->removed.begin(), part->removed.end(),
            std::back_inserter(gone));
        *document_count = uint32_t(left.size());
        *total_length = length;
        part->hidden.swap(left);
        part->removed.swap(gone);
    });
}

cxapian_status cxapian_part_hidden_frequency(
    cxapian_part *part, cxapian_bytes term, uint32_t *frequency, cxapian_error *error) {
    *frequency = 0;
    return reading(part->mark, error, [&] {
        *frequency = count_common(*part, std::string(view_of(term)), part->hidden);
    });
}

cxapian_status cxapian_part_present_terms(
    cxapian_part *part, cxapian_bytes start, void *context,
    void (*visit)(void *context, cxapian_bytes term), cxapian_error *error) {
    return reading(part->mark, error, [&] {
        for_each_term(
            *part, cxapian_terms_prefix, view_of(start),
            [&](std::string_view term, uint32_t frequency) {
                if (is_present(*part, std::string(term), frequency)) visit(context, bytes_of(term));
            });
    });
}
