#include <xapian.h>

#include "part.h"
#include "positions.h"

using namespace cxapian;

// Two readers of one format, held against each other.

namespace {

class Comparison {
    const Xapian::Database database;
    cxapian_part part;
    std::string context;

  public:
    explicit Comparison(const char *path) : database(path), part(path, nullptr, 0) {}

    void run() {
        context = "totals";
        const GlassVersion &version = part.tables.version;
        expect(version.document_count == database.get_doccount());
        expect(version.last_document == database.get_lastdocid());
        expect(version.total_length == database.get_total_length());
        expect(version.smallest_length == database.get_doclength_lower_bound());
        Vocabulary vocabulary(part.tables.postings);
        bool found = vocabulary.find({});
        for (auto term = database.allterms_begin(); term != database.allterms_end(); ++term) {
            context = "the term " + *term;
            expect(found && vocabulary.term() == *term);
            expect(vocabulary.frequency() == term.get_termfreq());
            compare_postings(*term);
            found = vocabulary.next();
        }
        context = "further terms";
        expect(!found);
        compare_documents();
    }

  private:
    void expect(bool agrees) const {
        if (!agrees) throw Damage("Xapian reads another: " + context);
    }

    void compare_postings(const std::string &term) {
        PostingChunks chunks(part.tables.postings, term);
        expect(chunks.frequency() == database.get_termfreq(term));
        Postings postings;
        size_t index = 0;
        for (auto posting = database.postlist_begin(term); posting != database.postlist_end(term);
             ++posting, ++index) {
            if (index == postings.count()) {
                expect(chunks.seek(*posting));
                chunks.decode(postings);
                index = 0;
            }
            expect(postings.documents[index] == *posting);
            expect(postings.occurrences[index] == uint8_t(posting.get_wdf()));
            compare_positions(term, *posting);
        }
        expect(index == postings.count() && !chunks.seek(chunks.last() + 1));
    }

    void compare_positions(const std::string &term, uint32_t document) {
        if (!database.has_positions()) return;
        std::vector<uint32_t> positions = term_positions(part.tables.positions, term, document);
        auto position = positions.begin();
        for (auto other = database.positionlist_begin(document, term);
             other != database.positionlist_end(document, term); ++other, ++position)
            expect(position != positions.end() && *position == *other);
        expect(position == positions.end());
    }

    void compare_documents() {
        DocumentEntries lists(part.tables.terms);
        for (auto posting = database.postlist_begin(""); posting != database.postlist_end("");
             ++posting) {
            context = "document " + std::to_string(*posting);
            Xapian::Document document = database.get_document(*posting);
            expect(part.length(*posting) == database.get_doclength(*posting));
            expect(part.data(*posting) == document.get_data());
            cxapian_document found;
            part.read(*posting, found);
            expect(part.scratch_attributes == document.get_value(attributes_slot));
            expect(part.scratch_hash == document.get_value(hash_slot));
            expect(lists.find(*posting));
            auto term = database.termlist_begin(*posting);
            for_each_listed_term(lists.tag(), [&](const std::string &text, uint64_t occurrences) {
                expect(term != database.termlist_end(*posting) && *term == text);
                expect(term.get_wdf() == occurrences);
                ++term;
            });
            expect(term == database.termlist_end(*posting));
        }
    }
};

} // namespace

cxapian_status cxapian_compare_with_xapian(const char *path, cxapian_error *error) {
    return guarded(error, [&] { Comparison(path).run(); });
}
