#include "run_store.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <xapian.h>

#include "layout.h"
#include "output_file.h"

namespace cxapian {

namespace {

// Read at once.
constexpr uint64_t piece_size = 64 << 10;

} // namespace

void RunReader::refill(size_t count) {
    size_t kept = size_t(end - place);
    if (rest == 0) return;
    std::vector<uint8_t> next(kept + std::min(rest, std::max<uint64_t>(count, piece_size)));
    std::copy(place, end, next.begin());
    size_t filled = kept;
    while (filled < next.size()) {
        ssize_t result =
            pread(descriptor, next.data() + filled, next.size() - filled, off_t(offset));
        if (result < 0 && errno == EINTR) continue;
        if (result <= 0) throw Xapian::DatabaseError("what was put aside cannot be read", errno);
        filled += size_t(result);
        offset += uint64_t(result);
        rest -= uint64_t(result);
    }
    piece.swap(next);
    place = piece.data();
    end = place + piece.size();
}

void RunReader::fail() { throw Damage("what was put aside ends early"); }

RunStore::~RunStore() {
    if (descriptor >= 0) close(descriptor);
}

void RunStore::add(ByteBuffer &&bytes) {
    if (held + bytes.size() <= memory_limit) {
        held += bytes.size();
        runs.push_back({std::move(bytes), 0, 0});
        return;
    }
    if (descriptor < 0) {
        std::string name = path + "/postings";
        descriptor = open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (descriptor < 0) throw Xapian::DatabaseOpeningError(name + ": cannot be made", errno);
        unlink(name.c_str());
    }
    write_fully(descriptor, bytes.text(), path);
    runs.push_back({{}, written, bytes.size()});
    written += bytes.size();
}

std::vector<RunReader> RunStore::readers() const {
    std::vector<RunReader> readers;
    readers.reserve(runs.size());
    for (const Stored &run : runs) {
        if (run.count > 0)
            readers.emplace_back(descriptor, run.offset, run.count);
        else
            readers.emplace_back(run.bytes);
    }
    return readers;
}

} // namespace cxapian
