#include "input_file.h"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <xapian.h>

#include "layout.h"

namespace cxapian {

InputFile::InputFile(const std::string &path)
    : path_(path), descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor < 0 && errno != ENOENT && errno != ENOTDIR)
        throw Xapian::DatabaseOpeningError(path + ": cannot be opened", errno);
}

InputFile::~InputFile() {
    if (descriptor >= 0) close(descriptor);
}

void InputFile::read(void *place, size_t count, uint64_t offset) const {
    auto bytes = static_cast<char *>(place);
    while (count > 0) {
        ssize_t read = pread(descriptor, bytes, count, off_t(offset));
        if (read < 0 && errno == EINTR) continue;
        // What a disk does not give any more is lost.
        if (read < 0 && errno == EIO) throw Damage(path_ + " cannot be read");
        if (read < 0) throw Xapian::DatabaseError(path_ + ": cannot be read", errno);
        if (read == 0) throw Damage(path_ + " ends early");
        bytes += read;
        offset += uint64_t(read);
        count -= size_t(read);
    }
}

} // namespace cxapian
