#include <algorithm>
#include <cmath>

#include "cursor.h"

// The Swift side computes the same weights; a fused multiply-add would round them differently.
#pragma STDC FP_CONTRACT OFF

namespace cxapian {

namespace {

constexpr double weight_grid = 0x1p36;
constexpr uint8_t anywhere = 127;

double rounded(double weight) { return std::nearbyint(weight * weight_grid) / weight_grid; }

class NothingCursor final : public Cursor {
  public:
    NothingCursor() { document_ = past_end; }
    void seek(uint32_t) override {}
    double weight() override { return 0; }
    double maximum() const override { return 0; }
    uint64_t estimate() const override { return 0; }
};

// A posting list of Xapian's. Also all documents, which is the list of the empty term.
class PostingCursor : public Cursor {
  public:
    PostingCursor(cxapian_part &part, const std::string &term)
        : posting(part.database.postlist_begin(term)), end(part.database.postlist_end(term)),
          frequency(term.empty() ? part.database.get_doccount() : part.database.get_termfreq(term)) {}

    void seek(uint32_t target) override { advance(target); }
    double weight() override { return 0; }
    double maximum() const override { return 0; }
    uint64_t estimate() const override { return frequency; }

  protected:
    // The innermost step of every search, and Xapian's own calls in it cost little more than a call.
    __attribute__((always_inline)) void advance(uint32_t target) {
        if (__builtin_expect(document_ == 0, false)) {
            // Not moved yet: the posting list stands on its first document.
            if (posting != end && *posting < target) posting.skip_to(target);
        } else if (document_ == past_end) {
            return;
        } else if (target == document_ + 1) {
            ++posting;
        } else {
            posting.skip_to(target);
        }
        document_ = posting == end ? past_end : *posting;
        // In a damaged list numbers may come again, without end.
        if (__builtin_expect(document_ < target, false)) throw Damage("postings out of order");
    }

    Xapian::PostingIterator posting, end;
    uint64_t frequency;
};

class TermCursor final : public PostingCursor {
    const Scorer scorer;
    double leaf_weight;
    uint8_t fields;
    double greatest;

  public:
    TermCursor(
        cxapian_part &part, const Scorer &scorer, const std::string &term, uint8_t fields,
        double leaf_weight)
        : PostingCursor(part, term), scorer(scorer), leaf_weight(leaf_weight), fields(fields),
          greatest(scorer.maximum(leaf_weight, fields)) {}

    void seek(uint32_t target) override {
        advance(target);
        // Every word occurs somewhere; only a choice of fields needs a look.
        if (fields == anywhere) return;
        while (document_ != past_end && !(posting.get_wdf() & fields))
            advance(document_ + 1);
    }
    // The same as above, without a second virtual call: intersections ask nothing else.
    bool matches(uint32_t target) override {
        if (document_ < target) TermCursor::seek(target);
        return document_ == target;
    }
    double weight() override { return scorer.weigh(leaf_weight, occurrences(), document_); }
    double maximum() const override { return greatest; }
    double bound() override { return scorer.bound(leaf_weight, occurrences()); }
    uint8_t occurrences() override { return posting.get_wdf() & fields; }
};

// The same over a list that is kept decoded.
class KeptTermCursor final : public Cursor {
    const Scorer scorer;
    const std::shared_ptr<const Postings> postings;
    const uint32_t *const documents;
    const size_t count;
    size_t index = 0;
    double leaf_weight;
    uint8_t fields;
    double greatest;

  public:
    KeptTermCursor(
        std::shared_ptr<const Postings> list, const Scorer &scorer, uint8_t fields,
        double leaf_weight)
        : scorer(scorer), postings(std::move(list)), documents(postings->documents.data()),
          count(postings->count()), leaf_weight(leaf_weight), fields(fields),
          greatest(scorer.maximum(leaf_weight, fields)) {}

    void seek(uint32_t target) override {
        skip_to(target);
        // Every word occurs somewhere; only a choice of fields needs a look.
        if (fields != anywhere)
            while (index < count && !(postings->occurrences[index] & fields)) ++index;
        document_ = documents[index];
    }
    bool matches(uint32_t target) override {
        if (document_ < target) KeptTermCursor::seek(target);
        return document_ == target;
    }
    double weight() override { return scorer.weigh(leaf_weight, occurrences(), document_); }
    double maximum() const override { return greatest; }
    double bound() override { return scorer.bound(leaf_weight, occurrences()); }
    uint64_t estimate() const override { return count; }
    uint8_t occurrences() override { return postings->occurrences[index] & fields; }

  private:
    // Mostly the next few; far jumps are found by doubling steps.
    void skip_to(uint32_t target) {
        for (int near = 0; near < 8; ++near, ++index)
            if (documents[index] >= target) return;
        size_t step = 8;
        while (index + step < count && documents[index + step] < target) {
            index += step;
            step *= 2;
        }
        index = std::lower_bound(
                    documents + index, documents + std::min(index + step, count), target)
                - documents;
    }
};

struct Posting {
    uint32_t document;
    uint8_t occurrences;
};

// The union of many posting lists, made once: a prefix has too many for a heap of cursors.
class UnionCursor final : public Cursor {
    const Scorer scorer;
    std::vector<Posting> postings;
    size_t index = 0;
    double leaf_weight;
    uint8_t fields;

  public:
    UnionCursor(
        const Scorer &scorer, std::vector<Posting> postings, double leaf_weight, uint8_t fields)
        : scorer(scorer), postings(std::move(postings)), leaf_weight(leaf_weight), fields(fields) {}

    void seek(uint32_t target) override {
        auto start = postings.begin() + index;
        // Mostly the next one; far jumps are found by doubling steps.
        size_t step = 1;
        while (index + step < postings.size() && postings[index + step].document < target)
            step *= 2;
        auto stop = postings.begin() + std::min(index + step + 1, postings.size());
        index = std::lower_bound(
                    start, stop, target,
                    [](const Posting &posting, uint32_t number) {
                        return posting.document < number;
                    })
                - postings.begin();
        document_ = index < postings.size() ? postings[index].document : past_end;
    }
    double weight() override { return scorer.weigh(leaf_weight, occurrences(), document_); }
    double maximum() const override { return scorer.maximum(leaf_weight, fields); }
    double bound() override { return scorer.bound(leaf_weight, occurrences()); }
    uint64_t estimate() const override { return postings.size(); }
    uint8_t occurrences() override { return postings[index].occurrences; }
};

// Unites posting lists by document, dropping those outside `fields`.
std::vector<Posting> unite(
    const cxapian_part &part, const std::vector<std::string> &terms, uint64_t total_frequency,
    uint8_t fields) {
    const Xapian::Database &database = part.database;
    std::vector<Posting> postings;
    auto for_each_posting = [&](auto body) {
        for (const std::string &term : terms) {
            part.check_stop();
            uint32_t before = 0;
            for (Xapian::PostingIterator posting = database.postlist_begin(term),
                                         end = database.postlist_end(term);
                 posting != end; ++posting) {
                uint32_t document = *posting;
                if (document <= before) throw Damage("postings out of order");
                before = document;
                body(document, uint8_t(posting.get_wdf()));
            }
        }
    };
    size_t last = database.get_lastdocid();
    if (total_frequency > last / 32) {
        // Many: an array over all documents needs no sorting.
        std::vector<uint8_t> occurrences(last + 1);
        for_each_posting([&](uint32_t document, uint8_t value) {
            if (document > last) throw Damage("a posting of a document that does not exist");
            occurrences[document] = united(occurrences[document], value);
        });
        for (size_t document = 1; document <= last; ++document)
            if (uint8_t value = occurrences[document] & fields)
                postings.push_back({uint32_t(document), value});
        return postings;
    }
    postings.reserve(total_frequency);
    for_each_posting([&](uint32_t document, uint8_t value) {
        if (value & fields) postings.push_back({document, uint8_t(value & fields)});
    });
    std::sort(postings.begin(), postings.end(), [](const Posting &left, const Posting &right) {
        return left.document < right.document;
    });
    size_t kept = 0;
    for (const Posting &posting : postings) {
        if (kept && postings[kept - 1].document == posting.document)
            postings[kept - 1].occurrences =
                united(postings[kept - 1].occurrences, posting.occurrences);
        else
            postings[kept++] = posting;
    }
    postings.resize(kept);
    return postings;
}

} // namespace

uint8_t united(uint8_t left, uint8_t right) {
    return uint8_t(((left | right) & ~text_mask) | std::max(left & text_mask, right & text_mask));
}

double Scorer::weigh(double leaf_weight, uint8_t occurrences, uint32_t document) const {
    double frequency = frequencies[occurrences & 127];
    if (!(frequency > 0)) return 0;
    return rounded(leaf_weight * (frequency / (frequency + saturation(part.length(document)))));
}

double Scorer::bound(double leaf_weight, uint8_t occurrences) const {
    double frequency = frequencies[occurrences & 127];
    if (!(frequency > 0)) return 0;
    // The grid may round upward.
    return leaf_weight * (frequency / (frequency + least_saturation)) + 1 / weight_grid;
}

double Scorer::maximum(double leaf_weight, uint8_t fields) const {
    double frequency = 0;
    for (int value = 1; value < 128; ++value)
        if ((value & fields) == value) frequency = std::max(frequency, frequencies[value]);
    if (!(frequency > 0)) return 0;
    double saturation = k1 * (1 - b);
    // The grid may round upward.
    return leaf_weight * (frequency / (frequency + saturation)) + 1 / weight_grid;
}

CursorPointer make_nothing() { return std::make_unique<NothingCursor>(); }

CursorPointer make_everything(cxapian_part &part) {
    return std::make_unique<PostingCursor>(part, std::string());
}

CursorPointer make_term(
    cxapian_part &part, const Scorer &scorer, const std::string &term, uint8_t fields,
    double weight) {
    // The empty term would be all documents.
    if (term.empty()) return make_nothing();
    if (auto postings = part.kept.find(term))
        return std::make_unique<KeptTermCursor>(std::move(postings), scorer, fields, weight);
    return std::make_unique<TermCursor>(part, scorer, term, fields, weight);
}

CursorPointer make_terms(
    cxapian_part &part, const Scorer &scorer, cxapian_terms kind, std::string_view text,
    uint8_t fields, double weight) {
    std::vector<std::string> terms;
    uint64_t total_frequency = 0;
    for_each_term(part, kind, text, [&](const std::string &term, uint32_t frequency) {
        terms.push_back(term);
        total_frequency += frequency;
    });
    return std::make_unique<UnionCursor>(
        scorer, unite(part, terms, total_frequency, fields), weight, fields);
}

CursorPointer make_boolean(cxapian_part &part, const std::vector<std::string> &terms) {
    std::vector<CursorPointer> cursors;
    for (const std::string &term : terms)
        if (!term.empty() && part.database.term_exists(term))
            cursors.push_back(std::make_unique<PostingCursor>(part, term));
    return make_any(std::move(cursors));
}

} // namespace cxapian
