#include "glass_part.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <memory>
#include <random>
#include <string_view>
#include <xapian.h>

#include "glass_table.h"

namespace cxapian {

namespace {

// Chunks of posting lists and of values are closed when they reach this many bytes.
constexpr size_t chunk_size = 2000;

// Glass compresses tags beyond this size when it writes them, which the file records.
constexpr unsigned compress_minimum = 18;

struct Posting {
    uint32_t term;
    uint32_t document;
    uint8_t occurrences;
};

// Numbers the distinct terms of a part.
class TermNumbers {
    std::vector<uint32_t> places;
    std::vector<std::string_view> texts_;

  public:
    TermNumbers() : places(1 << 16, empty) {}

    uint32_t number(std::string_view text) {
        size_t place = find(text);
        if (places[place] != empty) return places[place];
        if (2 * texts_.size() >= places.size()) {
            grow();
            place = find(text);
        }
        places[place] = uint32_t(texts_.size());
        texts_.push_back(text);
        return places[place];
    }

    const std::vector<std::string_view> &texts() const { return texts_; }

  private:
    static constexpr uint32_t empty = UINT32_MAX;

    size_t find(std::string_view text) const {
        size_t mask = places.size() - 1;
        size_t place = std::hash<std::string_view>()(text) & mask;
        while (places[place] != empty && texts_[places[place]] != text) place = (place + 1) & mask;
        return place;
    }

    void grow() {
        places.assign(places.size() * 2, empty);
        for (uint32_t number = 0; number < texts_.size(); ++number)
            places[find(texts_[number])] = number;
    }
};

// One value slot over all documents: chunks and bounds.
class ValueWriter {
    std::string key_start, stats_key, chunk, chunk_key, lower, upper;
    uint32_t last_document = 0;
    uint64_t count = 0;
    std::vector<std::pair<std::string, std::string>> chunks;

  public:
    explicit ValueWriter(unsigned slot) : key_start("\0\xd8", 2), stats_key("\0\xd0", 2) {
        pack_number(key_start, slot);
        if (slot) stats_key += char(slot);
    }

    void add(uint32_t document, const std::string &value) {
        if (value.empty()) return;
        if (chunk.empty()) {
            chunk_key = key_start;
            pack_sorted_number(chunk_key, document);
        } else {
            pack_number(chunk, document - last_document - 1);
        }
        pack_text(chunk, value);
        last_document = document;
        if (count == 0 || value < lower) lower = value;
        if (count == 0 || value > upper) upper = value;
        ++count;
        if (chunk.size() >= chunk_size) close();
    }

    void close() {
        if (chunk.empty()) return;
        chunks.emplace_back(std::move(chunk_key), std::move(chunk));
        chunk.clear();
    }

    void write_statistics(GlassTable &table) const {
        if (count == 0) return;
        std::string tag;
        pack_number(tag, count);
        pack_text(tag, lower);
        if (lower != upper) tag += upper;
        table.add(stats_key, tag);
    }

    void write_chunks(GlassTable &table) {
        close();
        for (const auto &[key, tag] : chunks) table.add(key, tag);
    }
};

// Writes a posting list, in chunks that each name their range of documents.
class PostingListWriter {
    GlassTable &table;
    std::string term, chunk, key, tag;
    uint64_t entries, total;
    uint32_t first = 0, last = 0;
    bool is_first_chunk = true;

  public:
    PostingListWriter(GlassTable &table, std::string_view term, uint64_t entries, uint64_t total)
        : table(table), term(term), entries(entries), total(total) {}

    void add(uint32_t document, uint64_t value) {
        if (chunk.size() >= chunk_size) write(false);
        if (chunk.empty())
            first = document;
        else
            pack_number(chunk, document - last - 1);
        last = document;
        pack_number(chunk, value);
    }

    void finish() { write(true); }

  private:
    void write(bool is_last_chunk) {
        tag.clear();
        if (is_first_chunk) {
            pack_number(tag, entries);
            pack_number(tag, total);
            pack_number(tag, first - 1);
        }
        tag += is_last_chunk ? '1' : '0';
        pack_number(tag, last - first);
        tag += chunk;
        make_key();
        table.add(key, tag);
        is_first_chunk = false;
        chunk.clear();
    }

    // The list of all documents has a key that no term has.
    void make_key() {
        key.clear();
        if (term.empty()) {
            key.assign("\0\xe0", 2);
        } else {
            for (char byte : term) {
                key += byte;
                if (byte == '\0') key += '\xff';
            }
            if (!is_first_chunk) key += '\0';
        }
        if (!is_first_chunk) pack_sorted_number(key, first);
    }
};

std::string document_key(uint32_t document) {
    std::string key;
    pack_sorted_number(key, document);
    return key;
}

class PartWriter {
    TermNumbers terms;
    std::vector<Posting> postings;
    std::vector<uint64_t> lengths;
    ValueWriter attributes{attributes_slot}, hashes{hash_slot};
    GlassTable postlist, docdata, termlist;
    std::vector<uint8_t> slots_used;

  public:
    void add(const BatchDocument &entry, std::string_view key_term) {
        uint32_t document = uint32_t(lengths.size()) + 1;
        uint64_t length = 0;
        for (const BatchTerm &term : entry.terms) {
            postings.push_back({terms.number(term.text), document, term.occurrences});
            length += term.occurrences;
        }
        for (std::string_view text : entry.boolean_terms)
            postings.push_back({terms.number(text), document, 0});
        postings.push_back({terms.number(key_term), document, 0});
        lengths.push_back(length);
        attributes.add(document, entry.attributes());
        if (!entry.hash.empty()) hashes.add(document, std::string(entry.hash));
        slots_used.push_back(entry.hash.empty() ? 1 : 2);
        if (!entry.data.empty()) docdata.add_stored(document_key(document), entry.data);
    }

    void finish(const std::string &path) {
        std::vector<uint32_t> order = sorted_terms();
        write_term_lists(order);
        write_postings(order);
        postlist.finish(path + "/postlist.glass");
        docdata.finish(path + "/docdata.glass");
        termlist.finish(path + "/termlist.glass");
        write_version(path + "/iamglass");
    }

  private:
    std::vector<uint32_t> sorted_terms() const {
        std::vector<uint32_t> order(terms.texts().size());
        for (uint32_t number = 0; number < order.size(); ++number) order[number] = number;
        std::sort(order.begin(), order.end(), [&](uint32_t left, uint32_t right) {
            return terms.texts()[left] < terms.texts()[right];
        });
        return order;
    }

    // Postings stand document by document; from here on their term is its rank in `order`.
    void write_term_lists(const std::vector<uint32_t> &order) {
        std::vector<uint32_t> rank(order.size());
        for (uint32_t place = 0; place < order.size(); ++place) rank[order[place]] = place;
        for (Posting &posting : postings) posting.term = rank[posting.term];
        auto start = postings.begin();
        std::string tag;
        for (uint32_t document = 1; document <= lengths.size(); ++document) {
            auto stop = start;
            while (stop != postings.end() && stop->document == document) ++stop;
            std::sort(start, stop, [](const Posting &left, const Posting &right) {
                return left.term < right.term;
            });
            tag.clear();
            pack_number(tag, lengths[document - 1]);
            pack_number(tag, stop - start);
            std::string_view previous;
            for (auto posting = start; posting != stop; ++posting) {
                std::string_view text = terms.texts()[order[posting->term]];
                append_term(tag, text, posting->occurrences, previous, posting == start);
                previous = text;
            }
            std::string key = document_key(document);
            termlist.add_stored(key, tag);
            key += '\0';
            termlist.add(key, std::string(slots_used[document - 1], '\0'));
            start = stop;
        }
    }

    // A term shares its beginning with the one before; where it can, that and the number of
    // occurrences go into one byte.
    static void append_term(
        std::string &tag, std::string_view text, uint64_t occurrences, std::string_view previous,
        bool is_first) {
        if (is_first) {
            tag += char(text.size());
            tag += text;
            pack_number(tag, occurrences);
            return;
        }
        size_t limit = std::min(previous.size(), text.size());
        size_t shared =
            std::mismatch(text.begin(), text.begin() + limit, previous.begin()).first
            - text.begin();
        size_t packed = occurrences < 127 ? (occurrences + 1) * (previous.size() + 1) + shared : 0;
        bool fits = packed > 0 && packed < 256;
        tag += char(fits ? packed : shared);
        tag += char(text.size() - shared);
        tag += text.substr(shared);
        if (!fits) pack_number(tag, occurrences);
    }

    void write_postings(const std::vector<uint32_t> &order) {
        attributes.write_statistics(postlist);
        hashes.write_statistics(postlist);
        attributes.write_chunks(postlist);
        hashes.write_chunks(postlist);
        PostingListWriter all_documents(postlist, {}, 0, 0);
        for (uint32_t document = 1; document <= lengths.size(); ++document)
            all_documents.add(document, lengths[document - 1]);
        all_documents.finish();

        // Counting sort by rank: documents stay in order within a term.
        std::vector<uint32_t> starts(order.size() + 1);
        std::vector<uint64_t> totals(order.size());
        for (const Posting &posting : postings) {
            ++starts[posting.term + 1];
            totals[posting.term] += posting.occurrences;
        }
        for (size_t place = 1; place < starts.size(); ++place) starts[place] += starts[place - 1];
        std::vector<uint32_t> next(starts.begin(), starts.end() - 1), sorted(postings.size());
        for (uint32_t index = 0; index < postings.size(); ++index)
            sorted[next[postings[index].term]++] = index;
        for (uint32_t place = 0; place < order.size(); ++place) {
            PostingListWriter list(
                postlist, terms.texts()[order[place]], starts[place + 1] - starts[place],
                totals[place]);
            for (uint32_t index = starts[place]; index < starts[place + 1]; ++index)
                list.add(postings[sorted[index]].document, postings[sorted[index]].occurrences);
            list.finish();
        }
    }

    void write_version(const std::string &path) const {
        // Format 2016-03-14: (year - 2014) << 9 | month << 5 | day.
        constexpr unsigned format = 2 << 9 | 3 << 5 | 14;
        std::string bytes = "\x0f\x0dXapian Glass";
        bytes += char(format >> 8);
        bytes += char(format & 0xff);
        std::random_device random;
        for (int index = 0; index < 16; ++index) bytes += char(random());
        pack_number(bytes, 1);
        bytes += postlist.root_info(0);
        bytes += docdata.root_info(compress_minimum);
        bytes += termlist.root_info(compress_minimum);
        // Positions, spellings and synonyms.
        bytes += GlassTable::root_info_of_absent(0);
        bytes += GlassTable::root_info_of_absent(compress_minimum);
        bytes += GlassTable::root_info_of_absent(compress_minimum);
        append_statistics(bytes);
        std::unique_ptr<FILE, int (*)(FILE *)> output(fopen(path.c_str(), "wb"), fclose);
        if (!output || fwrite(bytes.data(), 1, bytes.size(), output.get()) != bytes.size()
            || fflush(output.get()) != 0)
            throw Xapian::DatabaseError(path + ": cannot be written", errno);
    }

    void append_statistics(std::string &bytes) const {
        uint64_t smallest = 0, largest = 0, total = 0;
        for (uint64_t length : lengths) {
            if (length > 0 && (smallest == 0 || length < smallest)) smallest = length;
            largest = std::max(largest, length);
            total += length;
        }
        uint64_t occurrences = 0;
        for (const Posting &posting : postings)
            occurrences = std::max<uint64_t>(occurrences, posting.occurrences);
        pack_number(bytes, lengths.size());
        pack_number(bytes, 0); // last document less the number of documents
        pack_number(bytes, smallest);
        pack_number(bytes, occurrences);
        pack_number(bytes, largest - occurrences);
        pack_number(bytes, 0); // oldest changeset
        pack_number(bytes, total);
        pack_number(bytes, 0); // spellings
    }
};

} // namespace

void write_glass_part(const std::string &path, cxapian_bytes batch) {
    PartWriter writer;
    ByteReader reader(batch);
    BatchDocument entry;
    // Key terms are made here; the others' texts point into the batch.
    std::deque<std::string> key_terms;
    while (!reader.at_end()) {
        entry.read(reader);
        key_terms.push_back(key_term(entry.key));
        writer.add(entry, key_terms.back());
    }
    writer.finish(path);
}

bool has_positions(cxapian_bytes batch) {
    ByteReader reader(batch);
    BatchDocument entry;
    while (!reader.at_end()) {
        entry.read(reader);
        for (const BatchTerm &term : entry.terms)
            if (term.position_count > 0) return true;
    }
    return false;
}

} // namespace cxapian
