#include <algorithm>
#include <iterator>

#include "cursor.h"
#include "positions.h"

namespace cxapian {

namespace {

// Documents that have all words, and somewhere in a row. A row is only looked for in fields that
// have all of the words, which few documents do where the words are common.
class PhraseCursor final : public Cursor {
    cxapian_part &part;
    const cxapian_callbacks &callbacks;
    Phrase phrase;
    std::vector<CursorPointer> words;

  public:
    PhraseCursor(
        cxapian_part &part, const cxapian_callbacks &callbacks, Phrase phrase,
        std::vector<CursorPointer> cursors)
        : part(part), callbacks(callbacks), phrase(std::move(phrase)), words(std::move(cursors)) {}

    void seek(uint32_t target) override {
        while (document_ < target) {
            uint32_t candidate = with_all_words(target);
            if (candidate == past_end || stands_in(candidate)) {
                document_ = candidate;
                return;
            }
            target = candidate + 1;
        }
    }
    double weight() override {
        double sum = 0;
        for (const CursorPointer &word : words) sum += word->weight();
        return sum;
    }
    double maximum() const override {
        double sum = 0;
        for (const CursorPointer &word : words) sum += word->maximum();
        return sum;
    }
    double bound() override {
        double sum = 0;
        for (const CursorPointer &word : words) sum += word->bound();
        return sum;
    }
    uint64_t estimate() const override {
        uint64_t smallest = UINT64_MAX;
        for (const CursorPointer &word : words) smallest = std::min(smallest, word->estimate());
        return smallest;
    }
    uint8_t occurrences() override {
        uint8_t occurrences = 0;
        for (const CursorPointer &word : words)
            occurrences = united(occurrences, word->occurrences());
        return occurrences;
    }

  private:
    uint32_t with_all_words(uint32_t target) {
        for (size_t agreeing = 0, index = 0; agreeing < words.size(); index = (index + 1) % words.size()) {
            part.check_stop();
            Cursor &word = *words[index];
            if (word.document() < target) word.seek(target);
            if (word.document() == past_end) return past_end;
            agreeing = word.document() == target ? agreeing + 1 : 1;
            target = word.document();
        }
        return target;
    }

    bool stands_in(uint32_t document) {
        uint8_t fields = phrase.fields;
        bool in_text = fields & text_mask;
        for (const CursorPointer &word : words) {
            uint8_t occurrences = word->occurrences();
            in_text = in_text && (occurrences & text_mask);
            fields &= occurrences;
        }
        if (fields & ~text_mask
            && callbacks.predicate(
                callbacks.context, phrase.predicate, bytes_of(part.data(document))))
            return true;
        return in_text && stands_in_text(document);
    }

    // Whether the terms have positions p, p + 1, … for some p.
    bool stands_in_text(uint32_t document) const {
        std::vector<uint32_t> starts = positions(document, 0);
        for (size_t index = 1; index < phrase.text_terms.size() && !starts.empty(); ++index) {
            std::vector<uint32_t> shifted = positions(document, index), kept;
            std::set_intersection(
                starts.begin(), starts.end(), shifted.begin(), shifted.end(),
                std::back_inserter(kept));
            starts.swap(kept);
        }
        return !starts.empty();
    }

    // Where the term with this index stands, less the index: where the row would start.
    std::vector<uint32_t> positions(uint32_t document, size_t index) const {
        std::vector<uint32_t> result;
        for (uint32_t position :
             term_positions(part.tables.positions, phrase.text_terms[index], document))
            if (position >= index) result.push_back(position - uint32_t(index));
        return result;
    }
};

} // namespace

CursorPointer make_phrase(
    cxapian_part &part, const cxapian_callbacks &callbacks, Phrase phrase,
    std::vector<CursorPointer> words) {
    if (words.empty()) return make_nothing();
    return std::make_unique<PhraseCursor>(
        part, callbacks, std::move(phrase), std::move(words));
}

} // namespace cxapian
