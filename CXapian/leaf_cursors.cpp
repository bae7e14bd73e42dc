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

// Postings to walk: those of a list that is kept whole, or of one chunk after the other.
class PostingWalk {
    const std::shared_ptr<const Postings> kept;
    const std::unique_ptr<PostingChunks> chunks;
    Postings chunk;
    // Of the one or the other, with a number beyond all behind the last.
    const uint32_t *documents = &past_end;
    const uint8_t *occurrences_ = nullptr;
    size_t count = 0, index = 0;

  public:
    explicit PostingWalk(std::shared_ptr<const Postings> list) : kept(std::move(list)) {
        enter(*kept);
    }
    PostingWalk(GlassTree &tree, const std::string &term)
        : chunks(std::make_unique<PostingChunks>(tree, term)) {}
    // It points into itself.
    PostingWalk(const PostingWalk &) = delete;

    uint64_t frequency() const { return kept ? kept->count() : chunks->frequency(); }

    // Goes to the first document that is not less, and gives its number. Never back.
    __attribute__((always_inline)) uint32_t seek(uint32_t target) {
        // Mostly one of the next few.
        for (int near = 0; near < 8; ++near, ++index)
            if (documents[index] >= target) return found(target);
        return seek_far(target);
    }

    // Of the document that was found.
    uint8_t occurrences() const { return occurrences_[index]; }

  private:
    __attribute__((always_inline)) uint32_t found(uint32_t target) {
        if (__builtin_expect(index == count && chunks, false)) return seek_in_chunks(target);
        return documents[index];
    }

    // By doubling steps.
    uint32_t seek_far(uint32_t target) {
        size_t step = 8;
        while (index + step < count && documents[index + step] < target) {
            index += step;
            step *= 2;
        }
        index = std::lower_bound(
                    documents + index, documents + std::min(index + step, count), target)
                - documents;
        return found(target);
    }

    uint32_t seek_in_chunks(uint32_t target) {
        if (!chunks->seek(target)) return past_end;
        chunks->decode(chunk);
        enter(chunk);
        // The chunk reaches to the target at least.
        index = std::lower_bound(documents, documents + count, target) - documents;
        return documents[index];
    }

    void enter(const Postings &postings) {
        documents = postings.documents.data();
        occurrences_ = postings.occurrences.data();
        count = postings.count();
        index = 0;
    }
};

// Of a word, whose list may be kept.
PostingWalk word_postings(cxapian_part &part, const std::string &word) {
    if (auto postings = part.kept.find(word)) return PostingWalk(std::move(postings));
    return PostingWalk(part.tables.postings, word);
}

// The documents of a term that weighs nothing; of the empty term, all.
class DocumentCursor final : public Cursor {
    PostingWalk postings;
    const uint64_t frequency;

  public:
    DocumentCursor(cxapian_part &part, const std::string &term)
        : postings(part.tables.postings, term),
          frequency(term.empty() ? part.tables.version.document_count : postings.frequency()) {}

    void seek(uint32_t target) override { document_ = postings.seek(target); }
    double weight() override { return 0; }
    double maximum() const override { return 0; }
    uint64_t estimate() const override { return frequency; }
};

class TermCursor final : public Cursor {
    PostingWalk postings;
    const Scorer scorer;
    double leaf_weight;
    uint8_t fields;
    double greatest;

  public:
    TermCursor(
        cxapian_part &part, const Scorer &scorer, const std::string &term, uint8_t fields,
        double leaf_weight)
        : postings(word_postings(part, term)), scorer(scorer), leaf_weight(leaf_weight),
          fields(fields), greatest(scorer.maximum(leaf_weight, fields)) {}

    void seek(uint32_t target) override {
        document_ = postings.seek(target);
        // Every word occurs somewhere; only a choice of fields needs a look.
        if (fields == anywhere) return;
        while (document_ != past_end && !(postings.occurrences() & fields))
            document_ = postings.seek(document_ + 1);
    }
    // The same as above, without a second virtual call: intersections ask nothing else.
    bool matches(uint32_t target) override {
        if (document_ < target) TermCursor::seek(target);
        return document_ == target;
    }
    double weight() override { return scorer.weigh(leaf_weight, occurrences(), document_); }
    double maximum() const override { return greatest; }
    double bound() override { return scorer.bound(leaf_weight, occurrences()); }
    uint64_t estimate() const override { return postings.frequency(); }
    uint8_t occurrences() override { return postings.occurrences() & fields; }
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
    cxapian_part &part, const std::vector<std::string> &terms, uint64_t total_frequency,
    uint8_t fields) {
    std::vector<Posting> postings;
    auto for_each_posting = [&](auto body) {
        for (const std::string &term : terms) {
            PostingChunks chunks(part.tables.postings, term);
            uint32_t last = 0;
            while (chunks.seek(last + 1)) {
                part.check_stop();
                chunks.for_each([&](uint32_t document, uint64_t value) {
                    last = document;
                    body(document, uint8_t(value));
                });
            }
        }
    };
    size_t last = part.tables.version.last_document;
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
    return std::make_unique<DocumentCursor>(part, std::string());
}

CursorPointer make_term(
    cxapian_part &part, const Scorer &scorer, const std::string &term, uint8_t fields,
    double weight) {
    // The empty term would be all documents.
    if (term.empty()) return make_nothing();
    return std::make_unique<TermCursor>(part, scorer, term, fields, weight);
}

CursorPointer make_terms(
    cxapian_part &part, const Scorer &scorer, cxapian_terms kind, std::string_view text,
    uint8_t fields, double weight) {
    std::vector<std::string> terms;
    uint64_t total_frequency = 0;
    for_each_term(part, kind, text, [&](std::string_view term, uint32_t frequency) {
        terms.emplace_back(term);
        total_frequency += frequency;
    });
    return std::make_unique<UnionCursor>(
        scorer, unite(part, terms, total_frequency, fields), weight, fields);
}

CursorPointer make_boolean(cxapian_part &part, const std::vector<std::string> &terms) {
    std::vector<CursorPointer> cursors;
    for (const std::string &term : terms)
        if (!term.empty() && part.kept.frequency(term) > 0)
            cursors.push_back(std::make_unique<DocumentCursor>(part, term));
    return make_any(std::move(cursors));
}

} // namespace cxapian
