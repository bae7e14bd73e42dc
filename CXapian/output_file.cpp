#include "output_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>
#include <xapian.h>

namespace cxapian {

OutputFile::OutputFile(const std::string &path)
    : path(path), descriptor(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (descriptor < 0) throw Xapian::DatabaseOpeningError(path + ": cannot be made", errno);
}

OutputFile::~OutputFile() {
    if (descriptor >= 0) close(descriptor);
}

void OutputFile::write(std::string_view bytes) {
    // Small files stay small in memory.
    size_t needed = std::min(filled + bytes.size(), FileChecksum::piece_size) + 7;
    if (piece.size() < needed)
        piece.resize(std::min(std::max(needed, piece.size() * 2), FileChecksum::piece_size + 7));
    while (!bytes.empty()) {
        size_t count = std::min(bytes.size(), FileChecksum::piece_size - filled);
        memcpy(piece.data() + filled, bytes.data(), count);
        filled += count;
        bytes.remove_prefix(count);
        if (filled == FileChecksum::piece_size) write_piece();
    }
}

void OutputFile::write_piece() {
    checksum.add(piece.data(), filled);
    write_fully(descriptor, {reinterpret_cast<char *>(piece.data()), filled}, path);
#ifdef __linux__
    // The disk begins now, so that a commit does not wait for all of it in the end. Only a hint.
    sync_file_range(descriptor, off_t(written), off_t(filled), SYNC_FILE_RANGE_WRITE);
#endif
    written += filled;
    filled = 0;
}

FileDescription OutputFile::finish() {
    if (filled > 0) write_piece();
    int closing = descriptor;
    descriptor = -1;
    if (close(closing) != 0) throw Xapian::DatabaseError(path + ": cannot be written", errno);
    return {path.substr(path.rfind('/') + 1), written, checksum.value()};
}

void write_fully(int descriptor, std::string_view bytes, const std::string &path) {
    while (!bytes.empty()) {
        ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) throw Xapian::DatabaseError(path + ": cannot be written", errno);
        bytes.remove_prefix(size_t(count));
    }
}

} // namespace cxapian
