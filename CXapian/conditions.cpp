#include <algorithm>
#include <iterator>

#include "cursor.h"

namespace cxapian {

namespace {

class RangeCondition final : public Condition {
    ValueStream attributes_stream;
    bool of_size;
    int64_t minimum, maximum;

  public:
    RangeCondition(cxapian_part &part, bool of_size, int64_t minimum, int64_t maximum)
        : attributes_stream(part.database, attributes_slot), of_size(of_size), minimum(minimum),
          maximum(maximum) {}

    bool holds(uint32_t document) override {
        std::string bytes = attributes_stream.at(document);
        Attributes attributes(bytes);
        int64_t number = ordered_number(of_size ? attributes.size : attributes.modified);
        return minimum <= number && number <= maximum;
    }
};

class HashCondition final : public Condition {
    ValueStream hashes;
    std::string hash;

  public:
    HashCondition(cxapian_part &part, std::string hash)
        : hashes(part.database, hash_slot), hash(std::move(hash)) {}

    bool holds(uint32_t document) override { return hashes.at(document) == hash; }
};

class PredicateCondition final : public Condition {
    const Xapian::Database database;
    const cxapian_callbacks &callbacks;
    uint32_t predicate;
    std::vector<std::string> text_terms;

  public:
    PredicateCondition(
        const Xapian::Database &database, const cxapian_callbacks &callbacks, uint32_t predicate,
        std::vector<std::string> text_terms)
        : database(database), callbacks(callbacks), predicate(predicate),
          text_terms(std::move(text_terms)) {}

    bool holds(uint32_t document) override {
        std::string data = database.get_document(document, Xapian::DOC_ASSUME_VALID).get_data();
        return callbacks.predicate(callbacks.context, predicate, bytes_of(data))
            || (!text_terms.empty() && stand_in_a_row(document));
    }

  private:
    // Whether the terms have positions p, p + 1, … for some p.
    bool stand_in_a_row(uint32_t document) const {
        std::vector<Xapian::termpos> starts = positions(document, 0);
        for (size_t index = 1; index < text_terms.size() && !starts.empty(); ++index) {
            std::vector<Xapian::termpos> shifted = positions(document, index), kept;
            std::set_intersection(
                starts.begin(), starts.end(), shifted.begin(), shifted.end(),
                std::back_inserter(kept));
            starts.swap(kept);
        }
        return !starts.empty();
    }

    // Where the term with this index stands, less the index: where the row would start.
    std::vector<Xapian::termpos> positions(uint32_t document, size_t index) const {
        std::vector<Xapian::termpos> result;
        for (Xapian::PositionIterator position =
                 database.positionlist_begin(document, text_terms[index]);
             position != Xapian::PositionIterator(); ++position)
            if (*position >= index) result.push_back(*position - Xapian::termpos(index));
        return result;
    }
};

} // namespace

std::unique_ptr<Condition> make_range(
    cxapian_part &part, bool of_size, int64_t minimum, int64_t maximum) {
    return std::make_unique<RangeCondition>(part, of_size, minimum, maximum);
}

std::unique_ptr<Condition> make_hash_equality(cxapian_part &part, std::string hash) {
    return std::make_unique<HashCondition>(part, std::move(hash));
}

std::unique_ptr<Condition> make_predicate(
    cxapian_part &part, const cxapian_callbacks &callbacks, uint32_t predicate,
    std::vector<std::string> text_terms) {
    return std::make_unique<PredicateCondition>(
        part.database, callbacks, predicate, std::move(text_terms));
}

} // namespace cxapian
