#include "run.h"

#include <algorithm>
#include <xapian.h>

#include "term_numbers.h"
#include "value_chunks.h"

namespace cxapian {

void ValueStatistics::add(const std::string &value) {
    if (count == 0 || value < lower) lower = value;
    if (count == 0 || value > upper) upper = value;
    ++count;
}

void ValueStatistics::add(const ValueStatistics &other) {
    if (other.count == 0) return;
    if (count == 0 || other.lower < lower) lower = other.lower;
    if (count == 0 || other.upper > upper) upper = other.upper;
    count += other.count;
}

void DocumentStatistics::add_length(uint64_t length) {
    ++document_count;
    total_length += length;
    if (length > 0 && (smallest_length == 0 || length < smallest_length)) smallest_length = length;
    largest_length = std::max(largest_length, length);
}

void DocumentStatistics::add(const DocumentStatistics &other) {
    document_count += other.document_count;
    total_length += other.total_length;
    if (other.smallest_length > 0
        && (smallest_length == 0 || other.smallest_length < smallest_length))
        smallest_length = other.smallest_length;
    largest_length = std::max(largest_length, other.largest_length);
    largest_occurrences = std::max(largest_occurrences, other.largest_occurrences);
    attributes.add(other.attributes);
    hashes.add(other.hashes);
}

namespace {

// A key is found by a term of its fingerprint, see `key_term`. Nearly every one is a term of its
// own, so they are sorted as numbers.
struct KeyOf {
    uint64_t fingerprint;
    uint32_t document;

    bool operator<(const KeyOf &other) const {
        return fingerprint != other.fingerprint ? fingerprint < other.fingerprint
                                                : document < other.document;
    }
};

// A posting as a number that sorts by what stands first.
constexpr unsigned occurrence_bits = 8;
constexpr uint32_t document_limit = 1u << (32 - occurrence_bits);

uint32_t packed_posting(uint32_t document, uint8_t occurrences) {
    return document << occurrence_bits | occurrences;
}

uint64_t packed_term(uint32_t rank, uint8_t occurrences) {
    return uint64_t(rank) << occurrence_bits | occurrences;
}

class RunMaker {
    Run run;
    TermNumbers numbers;
    std::vector<std::string_view> data;
    std::vector<uint8_t> slots_used;
    std::vector<uint64_t> lengths;
    std::vector<KeyOf> keys;
    ValueChunks attributes{attributes_slot}, hashes{hash_slot};

    // Of all documents, one after the other, and where those of each end.
    std::vector<uint32_t> posting_terms;
    std::vector<uint8_t> posting_occurrences;
    std::vector<size_t> posting_ends;

    // All terms, keys among them, in order, and their texts, side by side in this order too; and the
    // rank that each term and each document's key has there.
    std::vector<RunTerm> sorted;
    std::string sorted_texts;
    std::vector<uint32_t> term_ranks, key_ranks;

  public:
    Run make(cxapian_bytes batch, uint32_t first_document) {
        run.first_document = first_document;
        ByteReader reader(batch);
        BatchDocument entry;
        std::string value;
        while (!reader.at_end()) {
            entry.read(reader);
            add(entry, value);
        }
        run.statistics.attributes = attributes.statistics();
        run.statistics.hashes = hashes.statistics();
        sort_terms();
        write_postings(write_documents());
        return std::move(run);
    }

  private:
    void add(const BatchDocument &entry, std::string &value) {
        uint32_t document = uint32_t(lengths.size());
        if (document + 1 >= document_limit)
            throw Xapian::InvalidArgumentError("a batch of too many documents");
        uint64_t length = 0;
        for (const BatchTerm &term : entry.terms) {
            add(term.text, term.occurrences);
            length += term.occurrences;
        }
        for (std::string_view text : entry.boolean_terms) add(text, 0);
        posting_ends.push_back(posting_terms.size());
        keys.push_back({key_fingerprint(entry.key), document});
        lengths.push_back(length);
        run.statistics.add_length(length);
        entry.write_attributes(value);
        attributes.add(run.first_document + document, value);
        if (!entry.hash.empty()) {
            value.assign(entry.hash);
            hashes.add(run.first_document + document, value);
        }
        slots_used.push_back(entry.hash.empty() ? 1 : 2);
        data.push_back(entry.data);
    }

    void add(std::string_view text, uint8_t occurrences) {
        uint32_t number = numbers.number(text);
        RunTerm &term = numbers.terms()[number];
        ++term.document_count;
        term.total += occurrences;
        posting_terms.push_back(number);
        posting_occurrences.push_back(occurrences);
        run.statistics.largest_occurrences =
            std::max<uint64_t>(run.statistics.largest_occurrences, occurrences);
    }

    void sort_terms() {
        std::vector<std::pair<uint64_t, uint32_t>> order;
        const std::vector<RunTerm> &terms = numbers.terms();
        order.reserve(terms.size());
        for (uint32_t number = 0; number < terms.size(); ++number)
            order.emplace_back(terms[number].start, number);
        std::sort(order.begin(), order.end(), [&](const auto &left, const auto &right) {
            return left.first != right.first
                ? left.first < right.first
                : numbers.text(terms[left.second]) < numbers.text(terms[right.second]);
        });
        std::sort(keys.begin(), keys.end());

        sorted.reserve(terms.size() + keys.size());
        term_ranks.resize(terms.size());
        key_ranks.resize(keys.size());
        size_t next_key = 0;
        for (const auto &[start, number] : order) {
            while (next_key < keys.size() && is_before(keys[next_key].fingerprint, terms[number]))
                next_key = add_key(next_key);
            term_ranks[number] = uint32_t(sorted.size());
            append_sorted(terms[number], numbers.text(terms[number]));
        }
        while (next_key < keys.size()) next_key = add_key(next_key);
    }

    static bool is_before(uint64_t fingerprint, const RunTerm &term) {
        uint64_t start = uint64_t('Q') << 56 | fingerprint << 8;
        if (start != term.start) return start < term.start;
        // A key's term has seven bytes. No other term is the same: the namespace is its own.
        if (term.size == 7) throw Xapian::InvalidArgumentError("a term that looks like a key");
        return term.size > 7;
    }

    // One term for all documents whose keys share the fingerprint.
    size_t add_key(size_t index) {
        uint64_t fingerprint = keys[index].fingerprint;
        RunTerm term{};
        for (; index < keys.size() && keys[index].fingerprint == fingerprint; ++index) {
            ++term.document_count;
            key_ranks[keys[index].document] = uint32_t(sorted.size());
        }
        append_sorted(term, fingerprint_term(fingerprint));
        return index;
    }

    void append_sorted(RunTerm term, std::string_view text) {
        if (sorted_texts.size() + text.size() > UINT32_MAX)
            throw Xapian::InvalidArgumentError("a batch with too many terms");
        term.offset = uint32_t(sorted_texts.size());
        term.size = uint32_t(text.size());
        sorted_texts += text;
        sorted.push_back(term);
    }

    std::string_view sorted_text(const RunTerm &term) const {
        return {sorted_texts.data() + term.offset, term.size};
    }

    // Writes the documents' own entries.
    //
    // Returns all postings in the order of their terms, documents in order within a term.
    std::vector<uint32_t> write_documents() {
        std::vector<size_t> next(sorted.size() + 1);
        for (size_t rank = 0; rank < sorted.size(); ++rank)
            next[rank + 1] = next[rank] + sorted[rank].document_count;
        std::vector<uint32_t> postings(next.back());
        std::vector<uint64_t> terms;
        ByteBuffer list;
        size_t start = 0;
        for (uint32_t document = 0; document < lengths.size(); ++document) {
            terms.clear();
            for (size_t index = start; index < posting_ends[document]; ++index)
                terms.push_back(packed_term(
                    term_ranks[posting_terms[index]], posting_occurrences[index]));
            terms.push_back(packed_term(key_ranks[document], 0));
            start = posting_ends[document];
            std::sort(terms.begin(), terms.end());
            for (uint64_t term : terms)
                postings[next[term >> occurrence_bits]++] = packed_posting(document, uint8_t(term));
            write_term_list(terms, lengths[document], list);
            run.documents.append_text(data[document]);
            run.documents.append_text(list.text());
            run.documents.append_number(slots_used[document]);
        }
        return postings;
    }

    void write_term_list(
        const std::vector<uint64_t> &terms, uint64_t length, ByteBuffer &list) const {
        list.clear();
        list.append_number(length);
        list.append_number(terms.size());
        std::string_view previous;
        for (uint64_t term : terms) {
            std::string_view text = sorted_text(sorted[term >> occurrence_bits]);
            append_term(list, text, uint8_t(term), previous);
            previous = text;
        }
    }

    // A term shares its beginning with the one before; where it can, that and the number of
    // occurrences go into one byte.
    static void append_term(
        ByteBuffer &list, std::string_view text, uint64_t occurrences, std::string_view previous) {
        uint8_t *place = list.room(text.size() + 2 + maximum_packed_number);
        if (previous.empty()) {
            *place++ = uint8_t(text.size());
            memcpy(place, text.data(), text.size());
            list.end(put_number(place + text.size(), occurrences));
            return;
        }
        size_t limit = std::min(previous.size(), text.size()), shared = 0;
        while (shared < limit && text[shared] == previous[shared]) ++shared;
        size_t packed = occurrences < 127 ? (occurrences + 1) * (previous.size() + 1) + shared : 0;
        bool fits = packed > 0 && packed < 256;
        *place++ = uint8_t(fits ? packed : shared);
        *place++ = uint8_t(text.size() - shared);
        memcpy(place, text.data() + shared, text.size() - shared);
        place += text.size() - shared;
        list.end(fits ? place : put_number(place, occurrences));
    }

    void write_postings(const std::vector<uint32_t> &postings) {
        attributes.write(run.postings);
        hashes.write(run.postings);
        run.postings.append_number(1 + sorted.size());
        write_list({}, 0, lengths.size(), [&](size_t index) {
            return std::pair(uint32_t(index), lengths[index]);
        });
        size_t start = 0;
        for (const RunTerm &term : sorted) {
            write_list(sorted_text(term), term.total, term.document_count, [&](size_t index) {
                uint32_t posting = postings[start + index];
                return std::pair(
                    posting >> occurrence_bits, uint64_t(posting % (1u << occurrence_bits)));
            });
            start += term.document_count;
        }
    }

    // `posting` gives the document, from 0, and the value of each posting.
    template <typename Posting>
    void write_list(std::string_view term, uint64_t total, size_t count, Posting posting) {
        run.postings.append_text(term);
        run.postings.append_number(count);
        run.postings.append_number(total);
        uint32_t expected = 0;
        for (size_t index = 0; index < count; ++index) {
            auto [document, value] = posting(index);
            uint8_t *place = run.postings.room(2 * maximum_packed_number);
            place = put_number(
                place, index == 0 ? run.first_document + document : document - expected);
            run.postings.end(put_number(place, value));
            expected = document + 1;
        }
    }
};

} // namespace

Run make_run(cxapian_bytes batch, uint32_t first_document) {
    return RunMaker().make(batch, first_document);
}

} // namespace cxapian
