#include <algorithm>

#include "guard.h"
#include "part.h"

using namespace cxapian;

namespace {

// Calls `visit` for each posting of a term that is among the documents, until it returns false; the
// others of both are passed over. The documents ascend.
template <typename Visit>
void for_each_common(
    const cxapian_part &part, const std::string &term, const std::vector<uint32_t> &documents,
    Visit visit) {
    auto document = documents.begin();
    Xapian::PostingIterator posting = part.database.postlist_begin(term),
                            end = part.database.postlist_end(term);
    while (posting != end && document != documents.end()) {
        part.check_stop();
        uint32_t number = *posting;
        if (number < *document) {
            posting.skip_to(*document);
            if (posting != end && *posting <= number) throw Damage("postings out of order");
        } else if (*document < number) {
            document = std::lower_bound(document, documents.end(), number);
        } else {
            if (!visit(number)) return;
            ++posting;
            ++document;
        }
    }
}

std::vector<uint32_t> documents_of(const cxapian_part &part, const std::string &term) {
    std::vector<uint32_t> documents;
    Xapian::PostingIterator end = part.database.postlist_end(term);
    for (Xapian::PostingIterator posting = part.database.postlist_begin(term); posting != end;
         ++posting) {
        part.check_stop();
        if (!documents.empty() && *posting <= documents.back())
            throw Damage("postings out of order");
        documents.push_back(*posting);
    }
    return documents;
}

// Whether a term has a document that is not gone. Most have one among their first.
bool is_present(const cxapian_part &part, const std::string &term, uint32_t frequency) {
    if (frequency > part.removed.size()) return true;
    auto gone = part.removed.begin();
    Xapian::PostingIterator end = part.database.postlist_end(term);
    for (Xapian::PostingIterator posting = part.database.postlist_begin(term); posting != end;
         ++posting) {
        part.check_stop();
        gone = std::lower_bound(gone, part.removed.end(), *posting);
        if (gone == part.removed.end() || *gone != *posting) return true;
    }
    return false;
}

} // namespace

cxapian_status cxapian_part_hide(
    cxapian_part *part, const cxapian_bytes *terms, size_t term_count, uint32_t *document_count,
    uint64_t *total_length, cxapian_error *error) {
    *document_count = 0;
    *total_length = 0;
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        std::vector<uint32_t> hidden;
        for (size_t index = 0; index < term_count; ++index) {
            std::vector<uint32_t> one = documents_of(*part, std::string(view_of(terms[index])));
            std::vector<uint32_t> both;
            std::set_union(
                hidden.begin(), hidden.end(), one.begin(), one.end(), std::back_inserter(both));
            hidden.swap(both);
        }
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
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        for_each_common(*part, std::string(view_of(term)), part->hidden, [&](uint32_t) {
            ++*frequency;
            return true;
        });
    });
}

cxapian_status cxapian_part_present_terms(
    cxapian_part *part, cxapian_bytes start, void *context,
    void (*visit)(void *context, cxapian_bytes term), cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        for_each_term(
            *part, cxapian_terms_prefix, view_of(start),
            [&](const std::string &term, uint32_t frequency) {
                if (is_present(*part, term, frequency)) visit(context, bytes_of(term));
            });
    });
}
