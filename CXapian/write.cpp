#include <cerrno>
#include <filesystem>
#include <memory>
#include <sstream>

#include <sys/stat.h>
#include <unistd.h>

#include "batch.h"
#include "glass_part.h"
#include "guard.h"

using namespace cxapian;

struct cxapian_run {
    Run run;
};

struct cxapian_writer {
    PartWriter part;

    cxapian_writer(const char *path, size_t memory_limit) : part(path, memory_limit) {}
};

namespace {

constexpr size_t most_deleted = 2000;

Xapian::Document document_of(const BatchDocument &entry) {
    Xapian::Document document;
    std::string term;
    for (const BatchTerm &word : entry.terms) {
        term.assign(word.text);
        document.add_term(term, word.occurrences);
        // From 1: glass stores the positions 0 and 1 as though they were 1 alone.
        for (size_t index = 0; index < word.position_count; ++index)
            document.add_posting(term, word.position(index) + 1, 0);
    }
    for (std::string_view text : entry.boolean_terms) document.add_boolean_term(std::string(text));
    document.add_boolean_term(key_term(entry.key));
    document.add_value(attributes_slot, entry.attributes());
    if (!entry.hash.empty()) document.add_value(hash_slot, std::string(entry.hash));
    document.set_data(std::string(entry.data));
    return document;
}

} // namespace

cxapian_status cxapian_run_make(
    cxapian_bytes batch, uint32_t first_document, cxapian_run **run, cxapian_error *error) {
    *run = nullptr;
    return guarded(error, [&] {
        auto made = std::make_unique<cxapian_run>();
        made->run = make_run(batch, first_document);
        *run = made.release();
    });
}

void cxapian_run_free(cxapian_run *run) { delete run; }

cxapian_status cxapian_writer_open(
    const char *path, size_t memory_limit, cxapian_writer **writer, cxapian_error *error) {
    *writer = nullptr;
    return guarded(error, [&] {
        if (mkdir(path, 0700) != 0)
            throw Xapian::DatabaseOpeningError(std::string(path) + ": cannot be made", errno);
        *writer = new cxapian_writer(path, memory_limit);
    });
}

cxapian_status cxapian_writer_add(
    cxapian_writer *writer, cxapian_run *run, cxapian_error *error) {
    return guarded(error, [&] { writer->part.add(run->run); });
}

cxapian_status cxapian_writer_finish(
    cxapian_writer *writer, void *context,
    void (*visit)(void *context, const char *name, uint64_t byte_count, uint64_t checksum),
    cxapian_error *error) {
    return guarded(error, [&] {
        for (const FileDescription &file : writer->part.finish())
            visit(context, file.name.c_str(), file.byte_count, file.checksum);
    });
}

void cxapian_writer_close(cxapian_writer *writer) { delete writer; }

cxapian_status cxapian_write_part_plainly(
    const char *path, cxapian_bytes batch, size_t most_waiting, cxapian_error *error) {
    return guarded(error, [&] {
        discard_block_checksums(path);
        // Syncing is the caller's, once for all files of a commit.
        Xapian::WritableDatabase database(
            path,
            Xapian::DB_CREATE_OR_OPEN | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC
                | Xapian::DB_RETRY_LOCK);
        ByteReader reader(batch);
        BatchDocument entry;
        size_t waiting = 0;
        while (!reader.at_end()) {
            entry.read(reader);
            database.add_document(document_of(entry));
            for (const BatchTerm &term : entry.terms) waiting += 1 + term.position_count;
            if (most_waiting == 0 || waiting < most_waiting) continue;
            database.commit();
            waiting = 0;
        }
        database.commit();
    });
}

cxapian_status cxapian_merge_parts(
    const char *const *sources, size_t source_count, const char *path, cxapian_error *error) {
    return guarded(error, [&] {
        Xapian::Database together;
        for (size_t index = 0; index < source_count; ++index)
            together.add_database(Xapian::Database(sources[index]));
        together.compact(path, Xapian::Compactor::FULL);
    });
}

cxapian_status cxapian_remove_documents(
    const char *path, const uint32_t *documents, size_t count, cxapian_error *error) {
    return guarded(error, [&] {
        discard_block_checksums(path);
        // Nobody else writes this part, but the lock of whoever made it may outlive it for a moment: a
        // process that another thread is just starting has a copy of every descriptor until it
        // runs its program.
        Xapian::WritableDatabase database(
            path, Xapian::DB_OPEN | Xapian::DB_NO_SYNC | Xapian::DB_RETRY_LOCK);
        for (size_t index = 0; index < count; ++index) {
            database.delete_document(documents[index]);
            // What is to be changed waits in memory.
            if (index % most_deleted == most_deleted - 1) database.commit();
        }
        database.commit();
    });
}

cxapian_status cxapian_seal_part(
    const char *path, void *context,
    void (*visit)(void *context, const char *name, uint64_t byte_count, uint64_t checksum),
    cxapian_error *error) {
    return guarded(error, [&] {
        BlockChecksums checksums;
        std::vector<FileDescription> files;
        for (const auto &entry : std::filesystem::directory_iterator(path)) {
            std::string name = entry.path().filename();
            // Xapian's lock: nobody writes this part again. And what was known of it before.
            if (name == "flintlock" || name == cxapian_block_checksums_name) {
                unlink(entry.path().c_str());
                continue;
            }
            std::vector<uint32_t> *blocks = nullptr;
            for (int table = 0; table < table_count; ++table)
                if (name == glass_file_names[table]) blocks = &checksums[table];
            files.push_back(describe_file(entry.path(), blocks));
        }
        files.push_back(write_block_checksums(path, checksums));
        for (const FileDescription &file : files)
            visit(context, file.name.c_str(), file.byte_count, file.checksum);
    });
}

cxapian_status cxapian_check_part(const char *path, size_t *faults, cxapian_error *error) {
    *faults = 0;
    return guarded(error, [&] {
        // Xapian writes its findings to a stream; the first of them is enough to tell a person.
        std::ostringstream findings;
        *faults = Xapian::Database::check(path, 0, &findings);
        if (*faults) describe(error, findings.str().c_str());
    });
}
