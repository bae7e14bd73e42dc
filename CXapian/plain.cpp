#include <chrono>

#include "guard.h"
#include "layout.h"

using namespace cxapian;

// Xapian used as its documentation shows: what the benchmarks measure Nearfind against.

cxapian_status cxapian_plain_search(
    const char *const *paths, size_t path_count, cxapian_plain_query kind,
    const char *const *terms, size_t term_count, size_t limit, double *seconds, size_t *hits,
    cxapian_error *error) {
    return guarded(error, [&] {
        Xapian::Database database;
        for (size_t index = 0; index < path_count; ++index)
            database.add_database(Xapian::Database(paths[index]));
        auto start = std::chrono::steady_clock::now();
        Xapian::Query query;
        if (kind == cxapian_plain_query_prefix)
            query = Xapian::Query(
                Xapian::Query::OP_WILDCARD, terms[0], 0, Xapian::Query::WILDCARD_LIMIT_ERROR,
                Xapian::Query::OP_SYNONYM);
        else
            query = Xapian::Query(
                kind == cxapian_plain_query_all ? Xapian::Query::OP_AND : Xapian::Query::OP_OR,
                terms, terms + term_count);
        Xapian::Enquire enquire(database);
        enquire.set_query(query);
        Xapian::MSet matches = enquire.get_mset(0, limit);
        *hits = 0;
        for (Xapian::MSetIterator match = matches.begin(); match != matches.end(); ++match)
            *hits += !match.get_document().get_data().empty();
        *seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    });
}
