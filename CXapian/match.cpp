#include <algorithm>
#include <optional>
#include <set>
#include <unordered_map>

#include "cursor.h"
#include "guard.h"

using namespace cxapian;

namespace {

struct Candidate {
    uint32_t document;
    double weight;
    std::string sort_key, hash;
    // What the attributes say, read when a tie or the answer needs it: a search that only weighs
    // never looks.
    mutable bool is_described = false;
    mutable std::string key;
    mutable int64_t size = 0, modified = 0;

    Candidate(uint32_t document, double weight) : document(document), weight(weight) {}

    void describe(std::string_view value) const {
        Attributes attributes(value);
        key = attributes.key;
        size = ordered_number(attributes.size);
        modified = ordered_number(attributes.modified);
        is_described = true;
    }

    void describe(cxapian_part &part) const {
        if (!is_described) describe(part.attributes_of(document));
    }
};

// The request's order: what is better stands before.
struct Better {
    cxapian_part *part;
    cxapian_order order;
    bool ascending;

    bool operator()(const Candidate &left, const Candidate &right) const {
        if (order != cxapian_order_weight && left.sort_key != right.sort_key)
            return (left.sort_key < right.sort_key) == ascending;
        if (left.weight != right.weight) return left.weight > right.weight;
        if (left.document == right.document) return false;
        left.describe(*part);
        right.describe(*part);
        return left.key < right.key;
    }
};

// Keeps the best candidates seen.
class Collector {
    const cxapian_match_options &options;
    cxapian_part &part;
    const cxapian_callbacks &callbacks;
    // Read in ascending order of documents, as they are found; opened when first needed.
    std::optional<ValueStream> attributes;
    std::optional<ValueStream> hashes;
    Better better;
    std::set<Candidate, Better> best;
    std::unordered_map<std::string, std::set<Candidate, Better>::iterator> best_of_hash;

  public:
    Collector(
        const cxapian_match_options &options, cxapian_part &part,
        const cxapian_callbacks &callbacks)
        : options(options), part(part), callbacks(callbacks),
          better{&part, options.order, options.ascending}, best(better) {
        if (part.has_hashes()) hashes.emplace(part.tables.postings, hash_slot);
    }

    bool is_full() const { return best.size() >= options.limit; }

    // What a document must weigh at least to be kept, when only the weight counts.
    double required() const { return is_full() ? best.rbegin()->weight : 0; }

    void add(uint32_t document, double weight) {
        if (options.limit == 0) return;
        Candidate candidate(document, weight);
        if (options.order != cxapian_order_weight) {
            find_sort_key(candidate);
        } else if (is_full()) {
            if (weight < best.rbegin()->weight) return;
            // A tie with the last is common; the stream is the cheap way to the key.
            if (weight == best.rbegin()->weight) candidate.describe(attribute_stream().at(document));
        }
        if (is_full() && !better(candidate, *best.rbegin())) return;
        if (hashes) candidate.hash = hashes->at(document);
        if (options.collapse && !candidate.hash.empty() && !replaces_duplicate(candidate)) return;
        auto place = best.insert(std::move(candidate)).first;
        if (options.collapse && !place->hash.empty()) best_of_hash[place->hash] = place;
        if (best.size() > options.limit) drop(std::prev(best.end()));
    }

    const std::set<Candidate, Better> &candidates() const { return best; }

  private:
    ValueStream &attribute_stream() {
        if (!attributes) attributes.emplace(part.tables.postings, attributes_slot);
        return *attributes;
    }

    void find_sort_key(Candidate &candidate) {
        std::string_view value = attribute_stream().at(candidate.document);
        candidate.describe(value);
        Attributes parts(value);
        switch (options.order) {
        case cxapian_order_weight: break;
        case cxapian_order_size: candidate.sort_key = parts.size; break;
        case cxapian_order_modified: candidate.sort_key = parts.modified; break;
        case cxapian_order_key:
            candidate.sort_key = view_of(callbacks.sort_key(
                callbacks.context, bytes_of(part.data(candidate.document))));
        }
    }

    // False when a better one with the same content is kept; else the worse one is dropped.
    bool replaces_duplicate(const Candidate &candidate) {
        auto found = best_of_hash.find(candidate.hash);
        if (found == best_of_hash.end()) return true;
        if (!better(candidate, *found->second)) return false;
        drop(found->second);
        return true;
    }

    void drop(std::set<Candidate, Better>::iterator candidate) {
        if (options.collapse) best_of_hash.erase(candidate->hash);
        best.erase(candidate);
    }
};

struct Counts {
    uint64_t seen = 0;
    bool all_seen = true;
};

Counts collect(
    cxapian_part &part, Cursor &cursor, Collector &collector,
    const cxapian_match_options &options, const cxapian_callbacks &callbacks) {
    // Passing documents over is only right when nothing but the best weights is wanted.
    bool prunes = options.order == cxapian_order_weight && !callbacks.visit && options.limit > 0;
    double maximum = cursor.maximum();
    double required = 0;
    Counts counts;
    cxapian_document document;
    for (cursor.seek(1); cursor.document() != past_end; cursor.seek(cursor.document() + 1)) {
        part.check_stop();
        ++counts.seen;
        // Most documents can be told to be too light without knowing how long they are.
        if (required > 0 && cursor.bound() < required) continue;
        collector.add(cursor.document(), cursor.weight());
        if (callbacks.visit) {
            part.read(cursor.document(), document);
            callbacks.visit(callbacks.context, &document);
        }
        if (!prunes || collector.required() <= required) continue;
        required = collector.required();
        cursor.require(required);
        counts.all_seen = false;
        if (maximum < required) break;
    }
    return counts;
}

void hand_out(cxapian_part &part, const Collector &collector, cxapian_match_result &result) {
    part.hits.clear();
    part.hit_texts.clear();
    part.hit_texts.reserve(3 * collector.candidates().size());
    auto kept = [&](const std::string &text) {
        part.hit_texts.push_back(text);
        return bytes_of(part.hit_texts.back());
    };
    for (const Candidate &candidate : collector.candidates()) {
        part.check_stop();
        candidate.describe(part);
        part.hits.push_back(
            {candidate.document, candidate.weight, kept(candidate.key), kept(candidate.sort_key),
             kept(candidate.hash), candidate.size, candidate.modified});
    }
    result.hits = part.hits.data();
    result.hit_count = part.hits.size();
}

} // namespace

cxapian_status cxapian_part_match(
    cxapian_part *part, cxapian_bytes plan, const cxapian_match_options *options,
    const cxapian_callbacks *callbacks, cxapian_match_result *result, cxapian_error *error) {
    *result = {};
    return reading(part->mark, error, [&] {
        Scorer scorer(*part, *options);
        ByteReader reader(plan);
        CursorPointer cursor = make_cursor(*part, scorer, *callbacks, reader);
        Collector collector(*options, *part, *callbacks);
        Counts counts = collect(*part, *cursor, collector, *options, *callbacks);
        hand_out(*part, collector, *result);
        uint64_t documents = part->tables.version.document_count - part->removed.size();
        result->lower_bound = counts.seen;
        result->upper_bound =
            counts.all_seen ? counts.seen
                            : std::max(counts.seen, std::min(documents, cursor->estimate()));
    });
}

cxapian_status cxapian_part_weigh(
    cxapian_part *part, cxapian_bytes plan, const cxapian_match_options *options,
    const cxapian_callbacks *callbacks, uint32_t document, bool *matches, double *weight,
    uint8_t *occurrences, cxapian_error *error) {
    *matches = false;
    *weight = 0;
    *occurrences = 0;
    return reading(part->mark, error, [&] {
        Scorer scorer(*part, *options);
        ByteReader reader(plan);
        CursorPointer cursor = make_cursor(*part, scorer, *callbacks, reader);
        *matches = cursor->matches(document);
        if (!*matches) return;
        *weight = cursor->weight();
        *occurrences = cursor->occurrences();
    });
}
