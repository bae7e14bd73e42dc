#include "glass_version.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <xapian.h>

#include "glass_block.h"
#include "unpacking.h"

namespace cxapian {

namespace {

constexpr std::string_view magic("\x0f\x0dXapian Glass", 14);
// Format 2016-03-14: (year - 2014) << 9 | month << 5 | day.
constexpr unsigned format = 2 << 9 | 3 << 5 | 14;
constexpr size_t identity_size = 16;
constexpr unsigned most_levels = 10;
// Spellings and synonyms, which nobody reads here.
constexpr int further_tables = 2;

std::string contents(const std::string &path) {
    std::unique_ptr<FILE, int (*)(FILE *)> file(fopen(path.c_str(), "rb"), fclose);
    if (!file) {
        if (errno == ENOENT || errno == ENOTDIR)
            throw Xapian::DatabaseNotFoundError(path + ": there is no such file");
        throw Xapian::DatabaseOpeningError(path + ": cannot be opened", errno);
    }
    char bytes[4096];
    size_t count = fread(bytes, 1, sizeof bytes, file.get());
    if (ferror(file.get())) throw Xapian::DatabaseError(path + ": cannot be read", errno);
    return std::string(bytes, count);
}

GlassRoot read_root(PackedReader &reader) {
    GlassRoot root;
    root.block = reader.small_number();
    // The lowest bits: whether there is no tree yet, and whether it was written in order.
    uint64_t level = reader.number();
    root.is_absent = level & 1;
    if (level >> 2 > most_levels) throw Damage("a table of too many levels");
    root.level = unsigned(level >> 2);
    reader.number(); // entries
    if (reader.number() << 11 != glass_block_size && !root.is_absent)
        throw Xapian::DatabaseVersionError("a table in blocks of another size");
    reader.number(); // the size from which tags are compressed
    reader.text();   // free blocks
    return root;
}

} // namespace

GlassVersion GlassVersion::load(const std::string &folder) {
    std::string bytes = contents(folder + "/iamglass");
    if (bytes.compare(0, magic.size(), magic) != 0)
        throw Damage("a version file that is none");
    PackedReader reader(std::string_view(bytes).substr(magic.size()));
    unsigned found = reader.byte() << 8;
    found |= reader.byte();
    if (found != format)
        throw Xapian::DatabaseVersionError("format " + std::to_string(found));
    reader.take(identity_size);
    reader.number(); // revision

    GlassVersion version;
    for (GlassRoot &root : version.roots) root = read_root(reader);
    for (int table = 0; table < further_tables; ++table) read_root(reader);

    version.document_count = reader.small_number();
    uint64_t last = version.document_count + reader.number();
    if (last >= UINT32_MAX) throw Damage("documents beyond all numbers");
    version.last_document = uint32_t(last);
    version.smallest_length = reader.number();
    reader.number(); // largest occurrences
    reader.number(); // largest length less these
    reader.number(); // oldest changeset
    version.total_length = reader.number();
    return version;
}

} // namespace cxapian
