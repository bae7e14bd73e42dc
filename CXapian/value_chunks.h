#ifndef CXAPIAN_VALUE_CHUNKS_H
#define CXAPIAN_VALUE_CHUNKS_H

#include "run.h"

namespace cxapian {

// One value slot over the documents of a run, in the chunks in which a table keeps it.
class ValueChunks {
    std::string key_start, chunk;
    uint32_t first_document = 0, last_document = 0;
    ValueStatistics statistics_;
    ByteBuffer closed;

  public:
    explicit ValueChunks(unsigned slot);

    void add(uint32_t document, const std::string &value);

    const ValueStatistics &statistics() const { return statistics_; }

    // Appends all chunks, each as key and tag with their byte counts, and an empty key.
    void write(ByteBuffer &bytes);

  private:
    void close();
};

// Where a table keeps the statistics of a slot.
std::string value_statistics_key(unsigned slot);
std::string value_statistics_tag(const ValueStatistics &statistics);

} // namespace cxapian

#endif
