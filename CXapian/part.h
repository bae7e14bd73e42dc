#ifndef CXAPIAN_PART_H
#define CXAPIAN_PART_H

#include <string>
#include <vector>
#include <xapian.h>

#include "crash_mark.h"
#include "kept_postings.h"
#include "layout.h"
#include "lengths.h"
#include "stop.h"

// An open part. What a call hands out lives in `scratch` until the next call.
struct cxapian_part {
    // Where a crash while reading is noted; see `Reading`.
    std::string mark;
    Xapian::Database database;
    // Ascending. Those that are hidden are among them.
    std::vector<uint32_t> removed;
    // Ascending; those that were not removed before.
    std::vector<uint32_t> hidden;

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
        : mark(std::string(path) + "/" + cxapian_crash_mark_name), database(path), removed(numbers, numbers + count), lengths(database),
          kept(database) {}

    // Ends the call if that was requested. To be called in every loop that may take long.
    void check_stop() const {
        if (__builtin_expect(stop && stop->requested.load(std::memory_order_relaxed), false))
            throw cxapian::Stopped();
    }

    bool is_removed(uint32_t document) const;
    bool has_hashes();
    uint32_t length(uint32_t document) { return lengths.of(document); }
    void read(uint32_t document, cxapian_document &result);
};

namespace cxapian {

// Values of one slot, asked for in ascending order of documents.
class ValueStream {
    Xapian::ValueIterator value, end;

  public:
    ValueStream(const Xapian::Database &database, unsigned slot)
        : value(database.valuestream_begin(slot)), end(database.valuestream_end(slot)) {}

    std::string at(uint32_t document) {
        if (value == end) return {};
        value.skip_to(document);
        return value == end || value.get_docid() != document ? std::string() : *value;
    }
};

// Terms come in ascending order. In a damaged tree a block may lead back to one before it, and a
// walk over the terms would never end.
class TermOrder {
    std::string last;

  public:
    void check(const std::string &term) {
        if (term <= last) throw Damage("terms out of order");
        last = term;
    }
};

// Calls `visit(term, frequency)` for each term of a family; see `cxapian_part_terms`.
template <typename Visit>
void for_each_term(
    const cxapian_part &part, cxapian_terms kind, std::string_view text, Visit visit) {
    part.check_stop();
    if (kind == cxapian_terms_exact) {
        std::string term(text);
        Xapian::doccount frequency = term.empty() ? 0 : part.kept.frequency(term);
        if (frequency) visit(term, frequency);
        return;
    }
    const Xapian::Database &database = part.database;
    bool namespaced = is_namespaced(text);
    std::string start(kind == cxapian_terms_prefix || namespaced ? text : std::string_view());
    if (kind == cxapian_terms_infix && namespaced) start.resize(1);
    Xapian::TermIterator end = database.allterms_end(start);
    TermOrder order;
    for (Xapian::TermIterator term = database.allterms_begin(start); term != end;) {
        std::string word = *term;
        order.check(word);
        part.check_stop();
        if (!namespaced && is_namespaced(word)) {
            // The capitals stand together: jump over them.
            term.skip_to(std::string(1, char('Z' + 1)));
            continue;
        }
        if (kind == cxapian_terms_prefix
            || word.find(text.substr(namespaced), namespaced) != std::string::npos)
            visit(word, term.get_termfreq());
        ++term;
    }
}

} // namespace cxapian

#endif
