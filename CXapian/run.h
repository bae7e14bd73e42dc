#ifndef CXAPIAN_RUN_H
#define CXAPIAN_RUN_H

#include <cstdint>
#include <string>

#include "batch.h"
#include "packing.h"

namespace cxapian {

// Chunks of posting lists and of values are closed when they reach this many bytes.
constexpr size_t chunk_size = 2000;

// What a part says of one value slot as a whole.
struct ValueStatistics {
    uint64_t count = 0;
    std::string lower, upper;

    void add(const std::string &value);
    void add(const ValueStatistics &other);
};

// What a part says of its documents as a whole.
struct DocumentStatistics {
    uint32_t document_count = 0;
    uint64_t total_length = 0;
    // Of lengths, without documents that have no terms.
    uint64_t smallest_length = 0, largest_length = 0;
    uint64_t largest_occurrences = 0;
    ValueStatistics attributes, hashes;

    void add_length(uint64_t length);
    void add(const DocumentStatistics &other);
};

// Documents in a row, inverted: what can be done about them without knowing the others of their
// part.
struct Run {
    uint32_t first_document = 0;
    DocumentStatistics statistics;

    // For each document: its data and its term list, each with its byte count, and the number of
    // value slots that it uses.
    ByteBuffer documents;

    // In the order in which a part's table wants it: for either value slot its chunks, each as key
    // and tag with their byte counts, and an empty key; then the number of lists, and the lists in
    // the order of their terms, the first being that of all documents, of the empty term, with
    // their lengths.
    //
    // A list is its term with the byte count, how many postings it has, the sum of their values,
    // the first document and its value; then for each further posting the number of documents
    // between and its value.
    ByteBuffer postings;
};

// Inverts a batch without positions. Its first document gets the number `first_document`.
Run make_run(cxapian_bytes batch, uint32_t first_document);

} // namespace cxapian

#endif
