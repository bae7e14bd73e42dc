#ifndef CXAPIAN_BATCH_H
#define CXAPIAN_BATCH_H

#include <vector>

#include "layout.h"

namespace cxapian {

struct BatchTerm {
    std::string_view text;
    uint8_t occurrences;
    uint16_t position_count;
    const uint8_t *positions;

    uint32_t position(size_t index) const {
        uint32_t value;
        memcpy(&value, positions + index * sizeof value, sizeof value);
        return value;
    }
};

// One document of a batch as `cxapian_run_make` describes it; the views point into the batch.
struct BatchDocument {
    std::string_view key;
    int64_t size;
    int64_t modified;
    std::string_view hash;
    std::string_view data;
    std::vector<std::string_view> boolean_terms;
    std::vector<BatchTerm> terms;

    // Reuses the vectors' storage from document to document.
    void read(ByteReader &reader) {
        key = reader.text(reader.number<uint16_t>());
        size = reader.number<int64_t>();
        modified = reader.number<int64_t>();
        hash = reader.text(reader.number<uint8_t>());
        data = reader.text(reader.number<uint32_t>());
        boolean_terms.clear();
        for (int count = reader.number<uint16_t>(); count > 0; --count)
            boolean_terms.push_back(reader.text(reader.number<uint8_t>()));
        terms.clear();
        size_t byte_count = reader.number<uint32_t>();
        ByteReader packed({reader.take(byte_count), byte_count});
        while (!packed.at_end()) {
            BatchTerm term;
            term.text = packed.text(packed.number<uint8_t>());
            term.occurrences = packed.number<uint8_t>();
            term.position_count = packed.number<uint16_t>();
            term.positions = packed.take(size_t(4) * term.position_count);
            terms.push_back(term);
        }
    }

    std::string attributes() const {
        std::string value;
        write_attributes(value);
        return value;
    }

    // Reuses the string's storage from document to document.
    void write_attributes(std::string &value) const {
        value.clear();
        append_ordered(value, modified);
        append_ordered(value, size);
        value += key;
    }
};

} // namespace cxapian

#endif
