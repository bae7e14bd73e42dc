#ifndef CXAPIAN_VOCABULARY_H
#define CXAPIAN_VOCABULARY_H

#include <string>
#include <string_view>

#include "glass_tree.h"

namespace cxapian {

// The terms of a part in the order of their bytes.
class Vocabulary {
    GlassCursor cursor;
    std::string unescaped, further;
    std::string_view term_;
    uint64_t frequency_ = 0;
    bool is_long = false;

  public:
    // `tree` is the one of postings.
    explicit Vocabulary(GlassTree &tree) : cursor(tree) {}

    // Goes to the first term that is not less, or to the next one. False: there is none.
    bool find(std::string_view start);
    bool next();

    // Valid until the vocabulary moves.
    std::string_view term() const { return term_; }
    uint64_t frequency() const { return frequency_; }

  private:
    bool settle();
    bool is_term();
};

} // namespace cxapian

#endif
