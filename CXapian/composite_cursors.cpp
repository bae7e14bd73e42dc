#include <algorithm>

#include "cursor.h"

namespace cxapian {

namespace {

uint64_t sum_of_estimates(const std::vector<CursorPointer> &children) {
    uint64_t sum = 0;
    for (const CursorPointer &child : children) sum += child->estimate();
    return sum;
}

uint8_t united_occurrences(const std::vector<CursorPointer> &children, uint32_t document) {
    uint8_t occurrences = 0;
    for (const CursorPointer &child : children)
        if (child->document() == document) occurrences = united(occurrences, child->occurrences());
    return occurrences;
}

// The rarest child proposes, the others confirm. Conditions come last: they are dear to ask.
class AllCursor final : public Cursor {
    const cxapian_part &part;
    std::vector<CursorPointer> children;

  public:
    AllCursor(const cxapian_part &part, std::vector<CursorPointer> parts)
        : part(part), children(std::move(parts)) {
        std::sort(
            children.begin(), children.end(),
            [](const CursorPointer &left, const CursorPointer &right) {
                return left->estimate() < right->estimate();
            });
    }

    void seek(uint32_t target) override {
        while (document_ < target) {
            part.check_stop();
            children[0]->seek(target);
            uint32_t candidate = children[0]->document();
            if (candidate == past_end || confirm(candidate, target)) {
                document_ = candidate;
                return;
            }
        }
    }
    double weight() override {
        double sum = 0;
        for (const CursorPointer &child : children) sum += child->weight();
        return sum;
    }
    double maximum() const override {
        double sum = 0;
        for (const CursorPointer &child : children) sum += child->maximum();
        return sum;
    }
    double bound() override {
        double sum = 0;
        for (const CursorPointer &child : children) sum += child->bound();
        return sum;
    }
    uint64_t estimate() const override { return children[0]->estimate(); }
    uint8_t occurrences() override { return united_occurrences(children, document_); }

  private:
    // Whether all others match the candidate; if not, `target` becomes the next number possible.
    bool confirm(uint32_t candidate, uint32_t &target) {
        for (size_t index = 1; index < children.size(); ++index) {
            if (children[index]->matches(candidate)) continue;
            target = std::max(candidate + 1, children[index]->document());
            return false;
        }
        return true;
    }
};

// A sum of weights, with the MaxScore rule (Turtle and Flood, "Query evaluation: strategies and
// optimizations", 1995): children whose maxima together stay below what is required need not
// propose documents; they are only asked about those that others propose.
class AnyCursor final : public Cursor {
    std::vector<CursorPointer> children;
    // The sum of the maxima of the children up to and with this one.
    std::vector<double> reachable;
    size_t first_essential = 0;
    double required = 0;

  public:
    explicit AnyCursor(std::vector<CursorPointer> parts) : children(std::move(parts)) {
        std::sort(
            children.begin(), children.end(),
            [](const CursorPointer &left, const CursorPointer &right) {
                return left->maximum() < right->maximum();
            });
        double sum = 0;
        for (const CursorPointer &child : children) reachable.push_back(sum += child->maximum());
    }

    void seek(uint32_t target) override {
        if (document_ >= target) return;
        uint32_t nearest = past_end;
        for (size_t index = first_essential; index < children.size(); ++index) {
            Cursor &child = *children[index];
            if (child.document() < target) child.seek(target);
            nearest = std::min(nearest, child.document());
        }
        document_ = nearest;
    }
    double weight() override {
        double sum = 0;
        for (size_t index = first_essential; index < children.size(); ++index)
            if (children[index]->document() == document_) sum += children[index]->weight();
        for (size_t index = first_essential; index-- > 0;) {
            // Too light whatever the rest adds: any weight below what is required will do.
            if (sum + reachable[index] < required) return sum;
            if (children[index]->matches(document_)) sum += children[index]->weight();
        }
        return sum;
    }
    double maximum() const override { return reachable.empty() ? 0 : reachable.back(); }
    double bound() override {
        double sum = first_essential > 0 ? reachable[first_essential - 1] : 0;
        for (size_t index = first_essential; index < children.size(); ++index)
            if (children[index]->document() == document_) sum += children[index]->bound();
        return sum;
    }
    uint64_t estimate() const override { return sum_of_estimates(children); }
    uint8_t occurrences() override { return united_occurrences(children, document_); }

    // A document that weighs just what is required may still win by its key, so only strictly
    // lighter ones are passed over.
    void require(double weight) override {
        required = weight;
        while (first_essential < children.size() && reachable[first_essential] < required)
            ++first_essential;
    }
};

// Alternatives for one word: few, and the heaviest counts.
class BestCursor final : public Cursor {
    std::vector<CursorPointer> children;

  public:
    explicit BestCursor(std::vector<CursorPointer> parts) : children(std::move(parts)) {}

    void seek(uint32_t target) override {
        if (document_ >= target) return;
        uint32_t nearest = past_end;
        for (const CursorPointer &child : children) {
            if (child->document() < target) child->seek(target);
            nearest = std::min(nearest, child->document());
        }
        document_ = nearest;
    }
    double weight() override {
        double best = 0;
        for (const CursorPointer &child : children)
            if (child->document() == document_) best = std::max(best, child->weight());
        return best;
    }
    double maximum() const override {
        double best = 0;
        for (const CursorPointer &child : children) best = std::max(best, child->maximum());
        return best;
    }
    double bound() override {
        double best = 0;
        for (const CursorPointer &child : children)
            if (child->document() == document_) best = std::max(best, child->bound());
        return best;
    }
    uint64_t estimate() const override { return sum_of_estimates(children); }
    uint8_t occurrences() override { return united_occurrences(children, document_); }
};

class ExcludingCursor final : public Cursor {
    const cxapian_part &part;
    CursorPointer included, excluded;

  public:
    ExcludingCursor(const cxapian_part &part, CursorPointer included, CursorPointer excluded)
        : part(part), included(std::move(included)), excluded(std::move(excluded)) {}

    void seek(uint32_t target) override {
        while (document_ < target) {
            part.check_stop();
            included->seek(target);
            uint32_t candidate = included->document();
            if (candidate == past_end || !excluded->matches(candidate)) {
                document_ = candidate;
                return;
            }
            target = candidate + 1;
        }
    }
    double weight() override { return included->weight(); }
    double maximum() const override { return included->maximum(); }
    double bound() override { return included->bound(); }
    uint64_t estimate() const override { return included->estimate(); }
    uint8_t occurrences() override { return included->occurrences(); }
    void require(double weight) override { included->require(weight); }
};

class RemovedCursor final : public Cursor {
    const std::vector<uint32_t> &removed;

  public:
    explicit RemovedCursor(const std::vector<uint32_t> &removed) : removed(removed) {}

    void seek(uint32_t target) override {
        auto found = std::lower_bound(removed.begin(), removed.end(), target);
        document_ = found == removed.end() ? past_end : *found;
    }
    double weight() override { return 0; }
    double maximum() const override { return 0; }
    uint64_t estimate() const override { return removed.size(); }
};

class ConditionCursor final : public Cursor {
    const cxapian_part &part;
    CursorPointer everything;
    std::unique_ptr<Condition> condition;

  public:
    ConditionCursor(cxapian_part &part, std::unique_ptr<Condition> condition)
        : part(part), everything(make_everything(part)), condition(std::move(condition)) {}

    void seek(uint32_t target) override {
        while (document_ < target) {
            part.check_stop();
            everything->seek(target);
            uint32_t candidate = everything->document();
            if (candidate == past_end || condition->holds(candidate)) {
                document_ = candidate;
                return;
            }
            target = candidate + 1;
        }
    }
    bool matches(uint32_t target) override {
        if (document_ < target && condition->holds(target)) document_ = target;
        return document_ == target;
    }
    double weight() override { return 0; }
    double maximum() const override { return 0; }
    // Beyond every other cursor's, so that it comes last where all must match.
    uint64_t estimate() const override { return uint64_t(1) << 40; }
};

} // namespace

CursorPointer make_all(cxapian_part &part, std::vector<CursorPointer> children) {
    if (children.empty()) return make_everything(part);
    if (children.size() == 1) return std::move(children[0]);
    return std::make_unique<AllCursor>(part, std::move(children));
}

CursorPointer make_any(std::vector<CursorPointer> children) {
    if (children.empty()) return make_nothing();
    if (children.size() == 1) return std::move(children[0]);
    return std::make_unique<AnyCursor>(std::move(children));
}

CursorPointer make_best(std::vector<CursorPointer> children) {
    if (children.empty()) return make_nothing();
    if (children.size() == 1) return std::move(children[0]);
    return std::make_unique<BestCursor>(std::move(children));
}

CursorPointer make_excluding(
    cxapian_part &part, CursorPointer included, CursorPointer excluded) {
    return std::make_unique<ExcludingCursor>(part, std::move(included), std::move(excluded));
}

CursorPointer make_without_removed(cxapian_part &part, CursorPointer included) {
    if (part.removed.empty()) return included;
    return make_excluding(
        part, std::move(included), std::make_unique<RemovedCursor>(part.removed));
}

CursorPointer make_condition(cxapian_part &part, std::unique_ptr<Condition> condition) {
    return std::make_unique<ConditionCursor>(part, std::move(condition));
}

} // namespace cxapian
