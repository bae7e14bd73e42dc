#include "vocabulary.h"

#include "posting_chunks.h"

namespace cxapian {

bool Vocabulary::find(std::string_view start) {
    // Without a start, from behind the entries that are of no term.
    std::string key = start.empty() ? std::string("\0\xfe", 2) : posting_key(start);
    return cursor.find_not_before(key) && settle();
}

bool Vocabulary::next() {
    if (is_long) {
        // Over all further chunks at once. No document's number begins so.
        further = posting_key(term_);
        further += std::string_view("\0\xfe", 2);
        cursor.find(further);
    }
    return cursor.next() && settle();
}

// Goes on to the next entry that begins a term's list.
bool Vocabulary::settle() {
    while (!is_term())
        if (!cursor.next()) return false;
    PackedReader reader(cursor.tag());
    frequency_ = reader.number();
    reader.number(); // the sum of all values
    reader.number(); // the first document
    is_long = reader.byte() != '1';
    return true;
}

// Whether the entry begins a term's list: behind a NUL there is either what stands for a NUL of the
// term, or the number of a further chunk's first document, or the kind of another entry.
bool Vocabulary::is_term() {
    std::string_view key = cursor.key();
    size_t nul = key.find('\0');
    if (nul == key.npos) {
        // Kept apart: the entry's tag may lie in several blocks.
        unescaped.assign(key);
        term_ = unescaped;
        return !key.empty();
    }
    unescaped.clear();
    while (nul != key.npos) {
        if (nul + 1 == key.size() || key[nul + 1] != '\xff') return false;
        unescaped += key.substr(0, nul + 1);
        key.remove_prefix(nul + 2);
        nul = key.find('\0');
    }
    unescaped += key;
    term_ = unescaped;
    return true;
}

} // namespace cxapian
