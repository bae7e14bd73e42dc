#include <cstdlib>
#include <sstream>

#include "batch.h"
#include "guard.h"

using namespace cxapian;

namespace {

Xapian::Document document_of(const BatchDocument &entry) {
    Xapian::Document document;
    std::string term;
    for (const BatchTerm &word : entry.terms) {
        term.assign(word.text);
        document.add_term(term, word.occurrences);
        for (size_t index = 0; index < word.position_count; ++index)
            document.add_posting(term, word.position(index), 0);
    }
    for (std::string_view text : entry.boolean_terms) document.add_boolean_term(std::string(text));
    document.add_boolean_term("Q" + std::string(entry.key));
    document.add_value(attributes_slot, entry.attributes());
    if (!entry.hash.empty()) document.add_value(hash_slot, std::string(entry.hash));
    document.set_data(std::string(entry.data));
    return document;
}

} // namespace

cxapian_status cxapian_write_part(const char *path, cxapian_bytes batch, cxapian_error *error) {
    return guarded(error, [&] {
        // One flush for the whole part. Syncing is the caller's, once for all files of a commit.
        Xapian::WritableDatabase database(
            path,
            Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC
                | Xapian::DB_DANGEROUS);
        ByteReader reader(batch);
        BatchDocument entry;
        while (!reader.at_end()) {
            entry.read(reader);
            database.add_document(document_of(entry));
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
        Xapian::WritableDatabase database(path, Xapian::DB_OPEN | Xapian::DB_NO_SYNC);
        for (size_t index = 0; index < count; ++index) database.delete_document(documents[index]);
        database.commit();
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
