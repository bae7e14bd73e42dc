#include "posting_merge.h"

#include <algorithm>

#include "term_numbers.h"
#include "value_chunks.h"

namespace cxapian {

namespace {

// The lists of one run, in the order of their terms.
class RunLists {
    RunReader &reader;
    uint64_t left;
    size_t position;
    std::string term_;
    uint64_t start = 0;

  public:
    uint64_t count = 0, total = 0;

    RunLists(RunReader &reader, size_t position)
        : reader(reader), left(reader.number()), position(position) {}

    const std::string &term() const { return term_; }

    // Goes to the next list; only once all postings of this one were read.
    bool next() {
        if (left == 0) return false;
        --left;
        term_.assign(reader.text());
        start = start_of(term_);
        count = reader.number();
        total = reader.number();
        return true;
    }

    // Calls `body` with the document and the value of each posting.
    template <typename Body> void for_each_posting(Body body) {
        uint64_t document = 0;
        for (uint64_t index = 0; index < count; ++index) {
            uint64_t step = reader.number();
            document = index == 0 ? step : document + step + 1;
            body(uint32_t(document), reader.number());
        }
    }

    bool has_same_term(const RunLists &other) const {
        return start == other.start && term_ == other.term_;
    }

    // Whether this comes later: by term, then by run.
    bool is_behind(const RunLists &other) const {
        if (start != other.start) return start > other.start;
        int order = term_.compare(other.term_);
        return order != 0 ? order > 0 : position > other.position;
    }
};

// Writes posting lists, in chunks that each name their range of documents.
class PostingListWriter {
    GlassTable &table;
    std::string key;
    size_t term_key_size = 0;
    ByteBuffer chunk, tag;
    uint64_t entries = 0, total = 0;
    uint32_t first = 0, last = 0;
    bool is_first_chunk = true;

  public:
    explicit PostingListWriter(GlassTable &table) : table(table) {}

    void start(std::string_view term, uint64_t entries, uint64_t total) {
        set_term(term);
        this->entries = entries;
        this->total = total;
        is_first_chunk = true;
    }

    void add(uint32_t document, uint64_t value) {
        if (chunk.size() >= chunk_size) write(false);
        uint8_t *place = chunk.room(2 * maximum_packed_number);
        if (chunk.empty())
            first = document;
        else
            place = put_number(place, document - last - 1);
        last = document;
        chunk.end(put_number(place, value));
    }

    void finish() { write(true); }

  private:
    void write(bool is_last_chunk) {
        tag.clear();
        if (is_first_chunk) {
            tag.append_number(entries);
            tag.append_number(total);
            tag.append_number(first - 1);
        }
        tag.append(is_last_chunk ? "1" : "0");
        tag.append_number(last - first);
        tag.append(chunk.text());
        if (!is_first_chunk) {
            key.resize(term_key_size);
            if (!is_all_documents()) key += '\0';
            key += DocumentKey(first).text();
        }
        table.add(key, tag.text());
        is_first_chunk = false;
        chunk.clear();
    }

    // The list of all documents has a key that no term has.
    void set_term(std::string_view term) {
        if (term.empty()) {
            key.assign("\0\xe0", 2);
        } else {
            key.clear();
            for (size_t nul; (nul = term.find('\0')) != term.npos; term.remove_prefix(nul + 1)) {
                key += term.substr(0, nul + 1);
                key += '\xff';
            }
            key += term;
        }
        term_key_size = key.size();
    }

    bool is_all_documents() const { return key[0] == '\0' && key[1] == '\xe0'; }
};

void copy_values(GlassTable &table, std::vector<RunReader> &readers) {
    std::string key;
    for (RunReader &reader : readers) {
        for (key.assign(reader.text()); !key.empty(); key.assign(reader.text()))
            table.add(key, reader.text());
    }
}

void merge_lists(GlassTable &table, std::vector<RunReader> &readers) {
    std::vector<RunLists> runs;
    for (RunReader &reader : readers) runs.emplace_back(reader, runs.size());
    auto is_behind = [](const RunLists *left, const RunLists *right) {
        return left->is_behind(*right);
    };
    std::vector<RunLists *> heap, same;
    for (RunLists &run : runs)
        if (run.next()) heap.push_back(&run);
    std::make_heap(heap.begin(), heap.end(), is_behind);
    PostingListWriter writer(table);
    while (!heap.empty()) {
        same.clear();
        uint64_t count = 0, total = 0;
        do {
            std::pop_heap(heap.begin(), heap.end(), is_behind);
            same.push_back(heap.back());
            heap.pop_back();
            count += same.back()->count;
            total += same.back()->total;
        } while (!heap.empty() && heap.front()->has_same_term(*same.front()));
        // The list of all documents does not say how many they are.
        bool is_term = !same.front()->term().empty();
        writer.start(same.front()->term(), is_term ? count : 0, is_term ? total : 0);
        for (RunLists *run : same)
            run->for_each_posting(
                [&](uint32_t document, uint64_t value) { writer.add(document, value); });
        writer.finish();
        for (RunLists *run : same) {
            if (!run->next()) continue;
            heap.push_back(run);
            std::push_heap(heap.begin(), heap.end(), is_behind);
        }
    }
}

} // namespace

void write_posting_table(
    GlassTable &table, const DocumentStatistics &statistics, const RunStore &runs) {
    for (auto [slot, values] :
         {std::pair(attributes_slot, &statistics.attributes),
          std::pair(hash_slot, &statistics.hashes)})
        if (values->count > 0)
            table.add(value_statistics_key(slot), value_statistics_tag(*values));
    std::vector<RunReader> readers = runs.readers();
    // Of either slot.
    copy_values(table, readers);
    copy_values(table, readers);
    merge_lists(table, readers);
}

} // namespace cxapian
