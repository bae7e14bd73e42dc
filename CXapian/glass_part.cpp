#include "glass_part.h"

#include <random>
#include <xapian.h>

#include "posting_merge.h"

namespace cxapian {

namespace {

// Glass compresses tags beyond this size when it writes them, which the file records.
constexpr unsigned compress_minimum = 18;

} // namespace

PartWriter::PartWriter(const std::string &path, uint64_t memory_limit)
    : path(path), docdata(path + "/docdata.glass"), termlist(path + "/termlist.glass"),
      runs(path, memory_limit) {}

void PartWriter::add(Run &run) {
    if (run.first_document != uint64_t(statistics.document_count) + 1)
        throw Xapian::InvalidArgumentError("documents out of their order");
    // As many bytes as a document uses value slots.
    constexpr std::string_view slots("\0\0", 2);
    RunReader reader(run.documents);
    for (uint32_t index = 0; index < run.statistics.document_count; ++index) {
        DocumentKey key(run.first_document + index);
        std::string_view data = reader.text();
        if (!data.empty()) docdata.add_stored(key.text(), data);
        termlist.add_stored(key.text(), reader.text());
        termlist.add(key.with_nul(), slots.substr(0, reader.number()));
    }
    statistics.add(run.statistics);
    runs.add(std::move(run.postings));
    run = Run();
}

std::vector<FileDescription> PartWriter::finish() {
    std::vector<FileDescription> files{docdata.finish(), termlist.finish()};
    GlassTable postlist(path + "/postlist.glass");
    write_posting_table(postlist, statistics, runs);
    files.push_back(postlist.finish());
    files.push_back(write_version(postlist));
    BlockChecksums checksums;
    checksums[postings_table] = postlist.checksums();
    checksums[data_table] = docdata.checksums();
    checksums[terms_table] = termlist.checksums();
    files.push_back(write_block_checksums(path, checksums));
    return files;
}

FileDescription PartWriter::write_version(const GlassTable &postlist) const {
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
    OutputFile file(path + "/iamglass");
    file.write(bytes);
    return file.finish();
}

void PartWriter::append_statistics(std::string &bytes) const {
    pack_number(bytes, statistics.document_count);
    pack_number(bytes, 0); // last document less the number of documents
    pack_number(bytes, statistics.smallest_length);
    pack_number(bytes, statistics.largest_occurrences);
    pack_number(bytes, statistics.largest_length - statistics.largest_occurrences);
    pack_number(bytes, 0); // oldest changeset
    pack_number(bytes, statistics.total_length);
    pack_number(bytes, 0); // spellings
}

} // namespace cxapian
