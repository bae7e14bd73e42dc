#include "part.h"

#include <algorithm>
#include <memory>

#include "guard.h"

using namespace cxapian;

bool cxapian_part::is_removed(uint32_t document) const {
    return std::binary_search(removed.begin(), removed.end(), document);
}

bool cxapian_part::has_hashes() {
    if (hashes_known < 0) hashes_known = database.get_value_freq(hash_slot) > 0;
    return hashes_known > 0;
}

void cxapian_part::read(uint32_t number, cxapian_document &result) {
    Xapian::Document document = database.get_document(number, Xapian::DOC_ASSUME_VALID);
    scratch_data = document.get_data();
    scratch_attributes = document.get_value(attributes_slot);
    scratch_hash = document.get_value(hash_slot);
    Attributes attributes(scratch_attributes);
    result.data = bytes_of(scratch_data);
    result.key = bytes_of(attributes.key);
    result.hash = bytes_of(scratch_hash);
    result.size = ordered_number(attributes.size);
    result.modified = ordered_number(attributes.modified);
    result.length = length(number);
}

cxapian_status cxapian_part_open(
    const char *path, const uint32_t *removed, size_t removed_count, cxapian_part **part,
    cxapian_error *error) {
    *part = nullptr;
    leave_marks_on_crashes();
    return guarded(error, [&] {
        std::string mark = std::string(path) + "/" + cxapian_crash_mark_name;
        Reading reading(mark.c_str());
        *part = new cxapian_part(path, removed, removed_count);
    });
}

void cxapian_part_close(cxapian_part *part) { delete part; }

cxapian_totals cxapian_part_totals(cxapian_part *part) {
    // Totals are read on opening; asking for them does not touch the disk and cannot fail.
    return {
        part->database.get_doccount(), part->database.get_lastdocid(),
        part->database.get_total_length()};
}

cxapian_status cxapian_part_terms(
    cxapian_part *part, cxapian_terms kind, cxapian_bytes text, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint32_t document_frequency),
    cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        for_each_term(
            *part, kind, view_of(text),
            [&](const std::string &term, uint32_t frequency) {
                visit(context, bytes_of(term), frequency);
            });
    });
}

cxapian_status cxapian_part_find(
    cxapian_part *part, cxapian_bytes key, uint32_t *document, cxapian_error *error) {
    *document = 0;
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        std::string term = key_term(view_of(key));
        for (Xapian::PostingIterator posting = part->database.postlist_begin(term),
                                     end = part->database.postlist_end(term);
             posting != end; ++posting) {
            if (part->is_removed(*posting)) continue;
            std::string value =
                part->database.get_document(*posting, Xapian::DOC_ASSUME_VALID)
                    .get_value(attributes_slot);
            if (Attributes(value).key == view_of(key)) *document = *posting;
        }
    });
}

uint64_t cxapian_key_fingerprint(cxapian_bytes key) { return key_fingerprint(view_of(key)); }

cxapian_status cxapian_part_fingerprints(
    cxapian_part *part, void *context, void (*visit)(void *context, uint64_t fingerprint),
    cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        TermOrder order;
        for (Xapian::TermIterator term = part->database.allterms_begin("Q"),
                                  end = part->database.allterms_end("Q");
             term != end; ++term) {
            std::string text = *term;
            order.check(text);
            uint64_t fingerprint = 0;
            for (size_t index = 1; index < text.size(); ++index)
                fingerprint = fingerprint << 8 | uint8_t(text[index]);
            visit(context, fingerprint);
        }
    });
}

cxapian_status cxapian_part_document(
    cxapian_part *part, uint32_t document, cxapian_document *result, cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        part->read(document, *result);
    });
}

cxapian_status cxapian_part_data(
    cxapian_part *part, uint32_t document, cxapian_bytes *data, cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        part->scratch_data =
            part->database.get_document(document, Xapian::DOC_ASSUME_VALID).get_data();
        *data = bytes_of(part->scratch_data);
    });
}

cxapian_status cxapian_part_document_terms(
    cxapian_part *part, uint32_t document, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint8_t occurrences), cxapian_error *error) {
    return guarded(error, [&] {
        Reading reading(part->mark.c_str());
        for (Xapian::TermIterator term = part->database.termlist_begin(document),
                                  end = part->database.termlist_end(document);
             term != end; ++term) {
            std::string text = *term;
            visit(context, bytes_of(text), uint8_t(term.get_wdf()));
        }
    });
}
