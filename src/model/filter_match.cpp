// Whether a document fulfils a compiled filter (pipeline.md §6.2–6.4, decision B21).
#include "model/filter_node.hpp"

#include <cstring>

namespace outpost::model {
namespace {

using Node = Filter::Node;

constexpr std::size_t kBytesPerStep = 256;  // what comparing strings may cost for one step

bool is_scalar(const json::value& value) {
    return !value.is_array() && !value.is_object();
}

double number_of(const json::value& value) {
    return value.to_number<double>();  // all numbers are doubles here (pipeline.md §3.5)
}

/// Equality of scalars: same type and value, no coercion.
bool equal_scalars(const json::value& a, const json::value& b) {
    if (a.is_number()) return b.is_number() && number_of(a) == number_of(b);
    if (a.is_string()) return b.is_string() && a.get_string() == b.get_string();
    if (a.is_bool()) return b.is_bool() && a.get_bool() == b.get_bool();
    return a.is_null() && b.is_null();
}

/// Canonical equality: objects regardless of the order of their members, arrays in order. Depth <= kJsonDepthMax; looks
/// at no more values than the smaller side has.
bool equal_values(const json::value& a, const json::value& b) {
    if (a.is_array()) {
        return b.is_array() && std::ranges::equal(a.get_array(), b.get_array(), equal_values);
    }
    if (a.is_object()) {
        if (!b.is_object() || a.get_object().size() != b.get_object().size()) return false;
        return std::ranges::all_of(a.get_object(), [&](const json::key_value_pair& member) {
            const json::value* other = b.get_object().if_contains(member.key());
            return other != nullptr && equal_values(member.value(), *other);
        });
    }
    return is_scalar(b) && equal_scalars(a, b);
}

bool contains_text(std::string_view text, std::string_view part) {
    // string_view::find may take the product of the lengths; memmem does not.
    return part.empty() || ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

bool is_ordering(FilterOperator op) {
    return op == FilterOperator::gt || op == FilterOperator::gte || op == FilterOperator::lt ||
           op == FilterOperator::lte;
}

template <class Value>
bool in_order(FilterOperator op, const Value& left, const Value& right) {
    switch (op) {
        case FilterOperator::gt: return left > right;
        case FilterOperator::gte: return left >= right;
        case FilterOperator::lt: return left < right;
        default: return left <= right;
    }
}

/// A test that compared what can't be compared: false, and so is its negation $nin (pipeline.md §6.3).
constexpr std::nullopt_t kError = std::nullopt;

class Evaluation {
public:
    explicit Evaluation(const FilterInput::Document& document) : document_(document) {}

    bool exhausted() const { return steps_left_ == 0; }

    /// The rule M of pipeline.md §6.2: the document as a whole.
    bool document(const Node& node) {
        if (node.kind != Node::Kind::object) return false;
        const auto holds = [&](const Node& inner) { return document(inner); };
        return logic(node, holds) && fields(document_.root.get_object(), node);
    }

private:
    /// The rule V of pipeline.md §6.2, with everything inside an object counting (decision B21).
    bool value(const json::value& v, const Node& node) {
        if (!spend(1)) return false;
        switch (node.kind) {
            case Node::Kind::scalar: return scalar(v, node);
            case Node::Kind::list: return list(v, node);
            case Node::Kind::object: break;
        }
        if (!std::ranges::all_of(node.tests, [&](const FilterTest& t) { return test(v, t).value_or(false); })) {
            return false;
        }
        if (!node.tests.empty() && !node.has_logic_or_fields()) return true;
        return logic_and_fields(v, node);
    }

    bool scalar(const json::value& v, const Node& node) {
        if (v.is_object()) return false;
        if (!v.is_array()) return equal(v, node.scalar);
        return std::ranges::any_of(v.get_array(), [&](const json::value& element) { return value(element, node); });
    }

    bool list(const json::value& v, const Node& node) {
        if (!v.is_array()) return false;
        return std::ranges::all_of(node.list, [&](const Node& wanted) {
            return std::ranges::any_of(v.get_array(),
                                       [&](const json::value& element) { return value(element, wanted); });
        });
    }

    /// The part of an object condition that looks into an array: some element fulfils all of it.
    bool logic_and_fields(const json::value& v, const Node& node) {
        if (!spend(1)) return false;
        if (v.is_array()) {
            return std::ranges::any_of(v.get_array(), [&](const json::value& e) { return logic_and_fields(e, node); });
        }
        if (!node.has_logic_or_fields()) return v.is_object();  // {} means: some object
        const auto holds = [&](const Node& inner) { return value(v, inner); };
        if (!logic(node, holds)) return false;
        return node.fields.empty() || (v.is_object() && fields(v.get_object(), node));
    }

    template <class Holds>
    bool logic(const Node& node, const Holds& holds) {
        if (node.negated && holds(*node.negated)) return false;
        if (node.any_of && !std::ranges::any_of(*node.any_of, holds)) return false;
        return !node.all_of || std::ranges::all_of(*node.all_of, holds);
    }

    bool fields(const json::object& object, const Node& node) {
        return std::ranges::all_of(node.fields, [&](const Node::Field& field) {
            const json::value* found = object.if_contains(field.name);
            return found == nullptr ? field.condition.holds_when_missing : value(*found, field.condition);
        });
    }

    bool equal(const json::value& v, const FilterOperand& operand) {
        if (operand.instant) return event_time(*operand.instant) == *operand.instant;
        if (v.is_string() && !spend(v.get_string().size() / kBytesPerStep)) return false;
        return equal_values(v, operand.value);
    }

    /// The document's time as precise as what it is compared with: whole seconds, as filters see it, unless the other
    /// side has a fraction.
    TimePoint event_time(TimePoint other) const {
        const bool whole = std::chrono::floor<std::chrono::seconds>(other) == other;
        return whole ? TimePoint(std::chrono::floor<std::chrono::seconds>(document_.time)) : document_.time;
    }

    std::optional<bool> test(const json::value& v, const FilterTest& test) {
        if (!spend(1)) return kError;
        switch (test.op) {
            case FilterOperator::eq: return equal(v, test.operand);
            case FilterOperator::neq: return !equal(v, test.operand);
            case FilterOperator::in: return contained(v, test);
            case FilterOperator::nin:
                if (const auto found = contained(v, test)) return !*found;
                return kError;
            case FilterOperator::starts_with:
            case FilterOperator::ends_with: return affix(v, test);
            case FilterOperator::exist: return test.operand.value.get_bool();  // whatever is looked at is present
            default: return compare(v, test);
        }
    }

    std::optional<bool> compare(const json::value& v, const FilterTest& test) {
        ASSERT(is_ordering(test.op));
        const json::value& operand = test.operand.value;
        if (test.operand.instant) return in_order(test.op, event_time(*test.operand.instant), *test.operand.instant);
        if (v.is_number() && operand.is_number()) return in_order(test.op, number_of(v), number_of(operand));
        if (!v.is_string() || !operand.is_string()) return kError;
        if (!spend(v.get_string().size() / kBytesPerStep)) return kError;
        return in_order(test.op, std::string_view(v.get_string()), std::string_view(operand.get_string()));
    }

    std::optional<bool> contained(const json::value& v, const FilterTest& test) {
        if (test.set) return is_scalar(v) ? std::optional(in_set(v, *test.set)) : kError;
        const json::value& operand = test.operand.value;
        if (v.is_string()) {
            if (!operand.is_string() || !spend(v.get_string().size() / kBytesPerStep)) return kError;
            return contains_text(v.get_string(), operand.get_string());
        }
        if (!v.is_array()) return kError;
        return std::ranges::any_of(v.get_array(), [&](const json::value& element) {
            return spend(1) && is_scalar(element) && equal(element, test.operand);
        });
    }

    bool in_set(const json::value& v, const FilterSet& set) {
        const auto same_instant = [&](TimePoint instant) { return event_time(instant) == instant; };
        if (std::ranges::any_of(set.instants, same_instant)) return true;
        if (v.is_string()) {
            return std::ranges::binary_search(set.strings, std::string_view(v.get_string()), std::less<>());
        }
        if (v.is_number()) return std::ranges::binary_search(set.numbers, number_of(v));
        if (v.is_bool()) return v.get_bool() ? set.has_true : set.has_false;
        return set.has_null;
    }

    std::optional<bool> affix(const json::value& v, const FilterTest& test) {
        if (!v.is_string()) return kError;
        const std::string_view text = v.get_string();
        const auto fits = [&](std::string_view part) {
            return test.op == FilterOperator::starts_with ? text.starts_with(part) : text.ends_with(part);
        };
        if (test.operand.value.is_string()) return fits(test.operand.value.get_string());
        for (const json::value& part : test.operand.value.get_array()) {
            if (!part.is_string() || !spend(1)) return kError;
            if (fits(part.get_string())) return true;
        }
        return false;
    }

    /// Pays for work; false once all steps are spent, and from then on.
    bool spend(std::size_t steps) {
        steps_left_ -= std::min(steps_left_, steps);
        return steps_left_ != 0;
    }

    const FilterInput::Document& document_;
    std::size_t steps_left_ = kFilterStepsMax;
};

}  // namespace

bool evaluate_filter(const Filter::Node& root, const FilterInput::Document& document) {
    Evaluation evaluation(document);
    const bool holds = evaluation.document(root);
    // What was cut short may have come out true below a $not.
    return holds && !evaluation.exhausted();
}

}  // namespace outpost::model
