#include "cursor.h"

namespace cxapian {

namespace {

class RangeCondition final : public Condition {
    ValueStream attributes_stream;
    bool of_size;
    int64_t minimum, maximum;

  public:
    RangeCondition(cxapian_part &part, bool of_size, int64_t minimum, int64_t maximum)
        : attributes_stream(part.tables.postings, attributes_slot), of_size(of_size), minimum(minimum),
          maximum(maximum) {}

    bool holds(uint32_t document) override {
        Attributes attributes(attributes_stream.at(document));
        int64_t number = ordered_number(of_size ? attributes.size : attributes.modified);
        return minimum <= number && number <= maximum;
    }
};

class HashCondition final : public Condition {
    ValueStream hashes;
    std::string hash;

  public:
    HashCondition(cxapian_part &part, std::string hash)
        : hashes(part.tables.postings, hash_slot), hash(std::move(hash)) {}

    bool holds(uint32_t document) override { return hashes.at(document) == hash; }
};

class PredicateCondition final : public Condition {
    cxapian_part &part;
    const cxapian_callbacks &callbacks;
    uint32_t predicate;

  public:
    PredicateCondition(
        cxapian_part &part, const cxapian_callbacks &callbacks, uint32_t predicate)
        : part(part), callbacks(callbacks), predicate(predicate) {}

    bool holds(uint32_t document) override {
        part.check_stop();
        return callbacks.predicate(callbacks.context, predicate, bytes_of(part.data(document)));
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
    cxapian_part &part, const cxapian_callbacks &callbacks, uint32_t predicate) {
    return std::make_unique<PredicateCondition>(part, callbacks, predicate);
}

} // namespace cxapian
