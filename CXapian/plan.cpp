#include "cursor.h"

namespace cxapian {

namespace {

// Deeper trees are refused: they would end the stack.
constexpr int maximum_depth = 1000;

class PlanReader {
    cxapian_part &part;
    const Scorer &scorer;
    const cxapian_callbacks &callbacks;
    ByteReader &plan;
    int depth = 0;

  public:
    PlanReader(
        cxapian_part &part, const Scorer &scorer, const cxapian_callbacks &callbacks,
        ByteReader &plan)
        : part(part), scorer(scorer), callbacks(callbacks), plan(plan) {}

    CursorPointer node() {
        if (++depth > maximum_depth) throw std::runtime_error("a plan that is too deep");
        CursorPointer cursor = read();
        --depth;
        return cursor;
    }

  private:
    CursorPointer read() {
        switch (int kind = plan.number<uint8_t>()) {
        case 0: return make_nothing();
        case 1: return make_everything(part);
        case 2:
        case 3:
        case 4: return leaf(cxapian_terms(kind - 2));
        case 5: return make_all(part, nodes());
        case 6: return make_any(nodes());
        case 7: return make_best(nodes());
        case 8: {
            CursorPointer included = node();
            return make_excluding(part, std::move(included), node());
        }
        case 9: return make_boolean(part, strings());
        case 10:
        case 11: {
            int64_t minimum = plan.number<int64_t>(), maximum = plan.number<int64_t>();
            return make_condition(part, make_range(part, kind == 10, minimum, maximum));
        }
        case 12:
            return make_condition(part, make_predicate(part, callbacks, plan.number<uint32_t>()));
        case 13: {
            Phrase phrase{plan.number<uint8_t>(), plan.number<uint32_t>(), strings()};
            return make_phrase(part, callbacks, std::move(phrase), nodes());
        }
        case 14:
            return make_condition(
                part, make_hash_equality(part, std::string(plan.text(hash_byte_count))));
        default: throw std::runtime_error("a plan with an unknown node");
        }
    }

    CursorPointer leaf(cxapian_terms kind) {
        uint8_t fields = plan.number<uint8_t>();
        double weight = plan.number<double>();
        std::string_view text = string();
        if (kind == cxapian_terms_exact)
            return make_term(part, scorer, std::string(text), fields, weight);
        return make_terms(part, scorer, kind, text, fields, weight);
    }

    std::string_view string() { return plan.text(plan.number<uint32_t>()); }

    std::vector<std::string> strings() {
        std::vector<std::string> texts;
        for (uint32_t count = plan.number<uint32_t>(); count > 0; --count)
            texts.emplace_back(string());
        return texts;
    }

    std::vector<CursorPointer> nodes() {
        std::vector<CursorPointer> cursors;
        for (uint32_t count = plan.number<uint32_t>(); count > 0; --count)
            cursors.push_back(node());
        return cursors;
    }
};

} // namespace

CursorPointer make_cursor(
    cxapian_part &part, const Scorer &scorer, const cxapian_callbacks &callbacks,
    ByteReader &plan) {
    return make_without_removed(part, PlanReader(part, scorer, callbacks, plan).node());
}

} // namespace cxapian
