#include "part.h"

#include <algorithm>
#include <memory>
#include <new>

#include "guard.h"
#include "value_chunks.h"

using namespace cxapian;

bool cxapian_part::is_removed(uint32_t document) const {
    return std::binary_search(removed.begin(), removed.end(), document);
}

bool cxapian_part::has_hashes() {
    if (hashes_known < 0) {
        GlassCursor cursor(tables.postings);
        hashes_known = cursor.find(value_statistics_key(hash_slot))
                && PackedReader(cursor.tag()).number() > 0;
    }
    return hashes_known > 0;
}

void cxapian_part::read(uint32_t number, cxapian_document &result) {
    scratch_data = data(number);
    scratch_attributes = attributes.at(number);
    scratch_hash = hashes.at(number);
    Attributes parts(scratch_attributes);
    result.data = bytes_of(scratch_data);
    result.key = bytes_of(parts.key);
    result.hash = bytes_of(scratch_hash);
    result.size = ordered_number(parts.size);
    result.modified = ordered_number(parts.modified);
    result.length = length(number);
}

cxapian_status cxapian_part_open(
    const char *path, const uint32_t *removed, size_t removed_count, cxapian_part **part,
    cxapian_error *error) {
    *part = nullptr;
    leave_marks_on_crashes();
    std::string mark;
    cxapian_status status =
        guarded(error, [&] { mark = std::string(path) + "/" + cxapian_crash_mark_name; });
    if (status != cxapian_ok) return status;
    return reading(mark, error, [&] {
        *part = new cxapian_part(path, removed, removed_count);
    });
}

void cxapian_part_close(cxapian_part *part) { delete part; }

cxapian_stop *cxapian_stop_make(void) { return new (std::nothrow) cxapian_stop; }
void cxapian_stop_free(cxapian_stop *stop) { delete stop; }
void cxapian_stop_request(cxapian_stop *stop) { stop->requested = true; }
void cxapian_part_obey(cxapian_part *part, const cxapian_stop *stop) { part->stop = stop; }

cxapian_totals cxapian_part_totals(cxapian_part *part) {
    const GlassVersion &version = part->tables.version;
    return {version.document_count, version.last_document, version.total_length};
}

cxapian_status cxapian_part_terms(
    cxapian_part *part, cxapian_terms kind, cxapian_bytes text, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint32_t document_frequency),
    cxapian_error *error) {
    return reading(part->mark, error, [&] {
        for_each_term(
            *part, kind, view_of(text),
            [&](std::string_view term, uint32_t frequency) {
                visit(context, bytes_of(term), frequency);
            });
    });
}

cxapian_status cxapian_part_find(
    cxapian_part *part, cxapian_bytes key, uint32_t *document, cxapian_error *error) {
    *document = 0;
    return reading(part->mark, error, [&] {
        std::string term = key_term(view_of(key));
        PostingChunks chunks(part->tables.postings, term);
        Postings postings;
        for (uint32_t target = 1; chunks.seek(target); target = postings.documents.end()[-2] + 1) {
            chunks.decode(postings);
            for (size_t index = 0; index < postings.count(); ++index) {
                uint32_t found = postings.documents[index];
                if (part->is_removed(found)) continue;
                if (Attributes(part->attributes_of(found)).key == view_of(key)) *document = found;
            }
        }
    });
}

uint64_t cxapian_key_fingerprint(cxapian_bytes key) { return key_fingerprint(view_of(key)); }

cxapian_status cxapian_part_fingerprints(
    cxapian_part *part, void *context, void (*visit)(void *context, uint64_t fingerprint),
    cxapian_error *error) {
    return reading(part->mark, error, [&] {
        for_each_term(*part, cxapian_terms_prefix, "Q", [&](std::string_view term, uint32_t) {
            uint64_t fingerprint = 0;
            for (size_t index = 1; index < term.size(); ++index)
                fingerprint = fingerprint << 8 | uint8_t(term[index]);
            visit(context, fingerprint);
        });
    });
}

cxapian_status cxapian_part_document(
    cxapian_part *part, uint32_t document, cxapian_document *result, cxapian_error *error) {
    return reading(part->mark, error, [&] {
        part->read(document, *result);
    });
}

cxapian_status cxapian_part_data(
    cxapian_part *part, uint32_t document, cxapian_bytes *data, cxapian_error *error) {
    return reading(part->mark, error, [&] {
        part->check_stop();
        part->scratch_data = part->data(document);
        *data = bytes_of(part->scratch_data);
    });
}

cxapian_status cxapian_part_document_terms(
    cxapian_part *part, uint32_t document, void *context,
    void (*visit)(void *context, cxapian_bytes term, uint8_t occurrences), cxapian_error *error) {
    return reading(part->mark, error, [&] {
        DocumentEntries lists(part->tables.terms);
        if (!lists.find(document)) throw Damage("a document without a list of its terms");
        for_each_listed_term(lists.tag(), [&](const std::string &term, uint64_t occurrences) {
            visit(context, bytes_of(term), uint8_t(occurrences));
        });
    });
}
