#ifndef CXAPIAN_CURSOR_H
#define CXAPIAN_CURSOR_H

#include <memory>
#include <vector>

#include "part.h"

// Cursors: the matching documents of one node of a plan, in ascending order of their numbers.
//
// Matching is done here and not by Xapian's own matcher for the sake of an exact ranking: that of
// 1.4 may pass over a matching document when it prunes nested ORs (`AndMaybePostList::next` skips
// the document at which its right side already stands).
namespace cxapian {

constexpr uint32_t past_end = UINT32_MAX;

class Cursor {
  public:
    virtual ~Cursor() = default;

    // The document that the cursor stands on; 0 before the first move, `past_end` after the last.
    uint32_t document() const { return document_; }

    // Moves to the first match with a number of at least `target`. Never moves back.
    virtual void seek(uint32_t target) = 0;

    // Whether `target`, which is not behind the cursor, matches. Leaves the cursor anywhere not
    // beyond `target` when it does not match and that is cheaper than finding the next match.
    virtual bool matches(uint32_t target) {
        if (document_ < target) seek(target);
        return document_ == target;
    }

    // The weight of the document that the cursor stands on.
    virtual double weight() = 0;

    // No document weighs more.
    virtual double maximum() const = 0;

    // The document that the cursor stands on weighs no more. Cheap: no length is looked up.
    virtual double bound() { return maximum(); }

    // Roughly how many documents match; the cheapest cursor leads an intersection.
    virtual uint64_t estimate() const = 0;

    // The occurrences, over all leaves, in the document that the cursor stands on.
    virtual uint8_t occurrences() { return 0; }

    // From now on documents that weigh less than this need not be stopped at.
    virtual void require(double) {}

  protected:
    uint32_t document_ = 0;
};

using CursorPointer = std::unique_ptr<Cursor>;

// BM25F over one part: `RelevanceModel` of the Swift side, operation for operation.
class Scorer {
    cxapian_part &part;
    const double *frequencies;
    double k1, b, average_length;
    // Of the shortest document in which anything occurs.
    double least_saturation;

    double saturation(uint32_t length) const {
        return k1 * ((1 - b) + b * (double(length) / average_length));
    }

  public:
    Scorer(cxapian_part &part, const cxapian_match_options &options)
        : part(part), frequencies(options.frequencies), k1(options.k1), b(options.b),
          average_length(options.average_length),
          least_saturation(saturation(uint32_t(part.tables.version.smallest_length))) {}

    double weigh(double leaf_weight, uint8_t occurrences, uint32_t document) const;

    // An upper bound of that over all documents with these occurrences.
    double bound(double leaf_weight, uint8_t occurrences) const;

    // An upper bound over all lengths, for occurrences within `fields`.
    double maximum(double leaf_weight, uint8_t fields) const;
};

// The count of occurrences in the text; the other bits are one field each.
constexpr uint8_t text_mask = 7 << 3;

uint8_t united(uint8_t left, uint8_t right);

CursorPointer make_nothing();
CursorPointer make_everything(cxapian_part &part);
CursorPointer make_term(
    cxapian_part &part, const Scorer &scorer, const std::string &term, uint8_t fields,
    double weight);
CursorPointer make_terms(
    cxapian_part &part, const Scorer &scorer, cxapian_terms kind, std::string_view text,
    uint8_t fields, double weight);
CursorPointer make_boolean(cxapian_part &part, const std::vector<std::string> &terms);
CursorPointer make_all(cxapian_part &part, std::vector<CursorPointer> children);
CursorPointer make_any(std::vector<CursorPointer> children);
CursorPointer make_best(std::vector<CursorPointer> children);
CursorPointer make_excluding(
    cxapian_part &part, CursorPointer included, CursorPointer excluded);
CursorPointer make_without_removed(cxapian_part &part, CursorPointer included);

// Documents that meet a condition, looked at one by one.
class Condition {
  public:
    virtual ~Condition() = default;
    virtual bool holds(uint32_t document) = 0;
};
CursorPointer make_condition(cxapian_part &part, std::unique_ptr<Condition> condition);
std::unique_ptr<Condition> make_range(
    cxapian_part &part, bool of_size, int64_t minimum, int64_t maximum);
std::unique_ptr<Condition> make_hash_equality(cxapian_part &part, std::string hash);
std::unique_ptr<Condition> make_predicate(
    cxapian_part &part, const cxapian_callbacks &callbacks, uint32_t predicate);

// A phrase: where it may stand, whom to ask about the stored fields, its terms in the text.
struct Phrase {
    uint8_t fields;
    uint32_t predicate;
    std::vector<std::string> text_terms;
};
CursorPointer make_phrase(
    cxapian_part &part, const cxapian_callbacks &callbacks, Phrase phrase,
    std::vector<CursorPointer> words);

// Reads a plan; see `cxapian_part_match`.
CursorPointer make_cursor(
    cxapian_part &part, const Scorer &scorer, const cxapian_callbacks &callbacks,
    ByteReader &plan);

} // namespace cxapian

#endif
