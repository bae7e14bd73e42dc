#ifndef CXAPIAN_PART_H
#define CXAPIAN_PART_H

#include <string>
#include <vector>

#include "crash_mark.h"
#include "guard.h"
#include "kept_postings.h"
#include "layout.h"
#include "lengths.h"
#include "part_tables.h"
#include "record_entries.h"
#include "stop.h"
#include "vocabulary.h"

// An open part. What a call hands out lives in `scratch` until the next call.
struct cxapian_part {
    // Where a crash while reading is noted, or damage; see `reading`.
    std::string mark;
    cxapian::PartTables tables;
    // Ascending.
    std::vector<uint32_t> removed;

    std::string scratch_data, scratch_attributes, scratch_hash;
    std::vector<cxapian_hit> hits;
    std::vector<std::string> hit_texts;

    cxapian::Lengths lengths;
    cxapian::KeptPostings kept;

    // Whether any document has a content hash; -1 until somebody asks.
    int hashes_known = -1;

    // Null: whoever waits goes on waiting.
    const cxapian_stop *stop = nullptr;

    cxapian_part(const char *path, const uint32_t *numbers, size_t count)
        : mark(std::string(path) + "/" + cxapian_crash_mark_name), tables(path),
          removed(numbers, numbers + count),
          lengths(tables.postings, tables.version.last_document), kept(tables.postings),
          records(tables.data), attributes(tables.postings, cxapian::attributes_slot),
          hashes(tables.postings, cxapian::hash_slot) {}

    // Ends the call if that was requested. To be called in every loop that may take long.
    void check_stop() const {
        if (__builtin_expect(stop && stop->requested.load(std::memory_order_relaxed), false))
            throw cxapian::Stopped();
    }

    bool is_removed(uint32_t document) const;
    bool has_hashes();
    uint32_t length(uint32_t document) { return lengths.of(document); }
    void read(uint32_t document, cxapian_document &result);

    // What is kept of single documents, asked for in any order. Valid until the next call of the same.
    std::string_view data(uint32_t document) {
        return records.find(document) ? records.tag() : std::string_view();
    }
    std::string_view attributes_of(uint32_t document) { return attributes.at(document); }

  private:
    cxapian::DocumentEntries records;
    cxapian::ValueStream attributes, hashes;
};

namespace cxapian {

// Runs `body`, which reads the part, and turns what it throws into a status and a text. Damage is
// noted beside the part, as a crash is: who opens it next looks at all of it before believing any.
template <typename Body>
cxapian_status reading(const std::string &mark, cxapian_error *error, Body body) noexcept {
    Reading reading(mark.c_str());
    cxapian_status status = guarded(error, body);
    if (status == cxapian_corrupt) leave_mark(mark.c_str());
    return status;
}

// Calls `visit(term, frequency)` for each term of a family; see `cxapian_part_terms`.
template <typename Visit>
void for_each_term(cxapian_part &part, cxapian_terms kind, std::string_view text, Visit visit) {
    part.check_stop();
    if (kind == cxapian_terms_exact) {
        uint64_t frequency = text.empty() ? 0 : part.kept.frequency(std::string(text));
        if (frequency) visit(text, uint32_t(frequency));
        return;
    }
    bool namespaced = is_namespaced(text);
    std::string start(kind == cxapian_terms_prefix || namespaced ? text : std::string_view());
    if (kind == cxapian_terms_infix && namespaced) start.resize(1);
    Vocabulary vocabulary(part.tables.postings);
    for (bool found = vocabulary.find(start); found;) {
        std::string_view term = vocabulary.term();
        if (term.substr(0, start.size()) != start) return;
        part.check_stop();
        if (!namespaced && is_namespaced(term)) {
            // The capitals stand together: jump over them.
            found = vocabulary.find(std::string(1, char('Z' + 1)));
            continue;
        }
        if (kind == cxapian_terms_prefix
            || term.find(text.substr(namespaced), namespaced) != std::string_view::npos)
            visit(term, uint32_t(vocabulary.frequency()));
        found = vocabulary.next();
    }
}

} // namespace cxapian

#endif
