#ifndef CXAPIAN_OUTPUT_FILE_H
#define CXAPIAN_OUTPUT_FILE_H

#include <string>
#include <string_view>
#include <vector>

#include "checksum.h"

namespace cxapian {

// How a file that was written is described.
struct FileDescription {
    std::string name;
    uint64_t byte_count;
    uint64_t checksum;
};

// A new file, written from its beginning to its end. What it is known by is reckoned on the way, so
// nobody needs to read it again.
class OutputFile {
    std::string path;
    int descriptor;
    std::vector<uint8_t> piece;
    size_t filled = 0;
    uint64_t written = 0;
    FileChecksum checksum;

  public:
    // `path` must not exist.
    explicit OutputFile(const std::string &path);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;
    OutputFile &operator=(const OutputFile &) = delete;

    void write(std::string_view bytes);

    // Writes what is left. The bytes are not yet forced to the disk.
    FileDescription finish();

  private:
    void write_piece();
};

// Describes a file that is there. Where `blocks` is not null, adds the checksum of each block of a
// table to it.
FileDescription describe_file(const std::string &path, std::vector<uint32_t> *blocks);

// Writes all of the bytes, or throws with the system's reason.
void write_fully(int descriptor, std::string_view bytes, const std::string &path);

} // namespace cxapian

#endif
