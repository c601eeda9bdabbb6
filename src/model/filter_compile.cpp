// From the JSON text of a filter to its conditions; refuses what could never be meant (decision B21).
#include "model/filter_node.hpp"

namespace outpost::model {
namespace {

constexpr std::size_t kShownBytesMax = 80;  // of a client's own text in an error

struct OperatorName {
    std::string_view name;
    FilterOperator op;
};
constexpr std::array<OperatorName, 11> kOperators{{{"$eq", FilterOperator::eq},
                                                   {"$neq", FilterOperator::neq},
                                                   {"$gt", FilterOperator::gt},
                                                   {"$gte", FilterOperator::gte},
                                                   {"$lt", FilterOperator::lt},
                                                   {"$lte", FilterOperator::lte},
                                                   {"$in", FilterOperator::in},
                                                   {"$nin", FilterOperator::nin},
                                                   {"$startsWith", FilterOperator::starts_with},
                                                   {"$endsWith", FilterOperator::ends_with},
                                                   {"$exist", FilterOperator::exist}}};

std::optional<FilterOperator> find_operator(std::string_view name) {
    const auto* const found = std::ranges::find(kOperators, name, &OperatorName::name);
    return found == kOperators.end() ? std::nullopt : std::optional(found->op);
}

std::string shown(std::string_view text) {
    if (text.size() <= kShownBytesMax) return std::string(text);
    return std::string(text.substr(0, kShownBytesMax)) + "...";
}

/// Where in the filter a condition stands.
struct Place {
    std::string path;      // "data.amount"; empty at the root
    bool is_time = false;  // the values are the document's `time`
    bool is_root = true;   // the value is the document itself, where operators are only names (pipeline.md §6.4)
    std::size_t depth = 0;

    Place deeper() const { return {path, is_time, is_root, depth + 1}; }
    Place field(std::string_view name) const {
        std::string inner = path.empty() ? std::string(name) : path + "." + std::string(name);
        return {std::move(inner), is_root && name == "time", false, depth + 1};
    }
};

std::unexpected<Error> refuse(const Place& place, std::string_view what) {
    const std::string where = place.path.empty() ? "" : " at " + shown(place.path);
    return fail(Errc::invalid, fmt::format("filter{}: {}", where, what));
}

Result<void> check_operand(FilterOperator op, std::string_view name, const json::value& operand, const Place& place) {
    const auto needs = [&](std::string_view what) -> Result<void> {
        return refuse(place, fmt::format("{} needs {}", name, what));
    };
    switch (op) {
        case FilterOperator::eq:
        case FilterOperator::neq: return {};
        case FilterOperator::gt:
        case FilterOperator::gte:
        case FilterOperator::lt:
        case FilterOperator::lte:
            if (!operand.is_string() && !operand.is_number()) return needs("a string or a number");
            return {};
        case FilterOperator::in:
        case FilterOperator::nin:
            if (operand.is_object()) return needs("an array, or a value to look for");
            return {};
        case FilterOperator::starts_with:
        case FilterOperator::ends_with:
            if (!operand.is_string() && !operand.is_array()) return needs("a string or an array of strings");
            return {};
        case FilterOperator::exist:
            if (!operand.is_bool()) return needs("true or false");
            return {};
    }
    return {};
}

FilterOperand make_operand(const json::value& value, bool is_time) {
    FilterOperand operand{value, std::nullopt};
    if (is_time && value.is_string()) {
        if (const auto instant = parse_rfc3339(value.get_string())) operand.instant = *instant;
    }
    return operand;
}

FilterSet make_set(const json::array& elements, bool is_time) {
    FilterSet set;
    for (const json::value& element : elements) {
        const FilterOperand operand = make_operand(element, is_time);
        if (operand.instant) set.instants.push_back(*operand.instant);
        else if (element.is_string()) set.strings.emplace_back(element.get_string());
        else if (element.is_number()) set.numbers.push_back(element.to_number<double>());
        else if (element.is_null()) set.has_null = true;
        else if (element.is_bool()) (element.get_bool() ? set.has_true : set.has_false) = true;
        // Composite elements never equal anything (pipeline.md §6.3).
    }
    std::ranges::sort(set.strings);
    std::ranges::sort(set.numbers);
    return set;
}

class Compiler {
public:
    Result<Filter::Node> condition(const json::value& value, const Place& place) {
        if (place.depth > kFilterDepthMax) {
            return refuse(place, fmt::format("nested deeper than {} levels", kFilterDepthMax));
        }
        if (++nodes_ > kFilterNodesMax) {
            return fail(Errc::invalid, fmt::format("filter: more than {} conditions", kFilterNodesMax));
        }
        if (value.is_object()) return object(value.get_object(), place);
        Filter::Node node;
        if (value.is_array()) {
            node.kind = Filter::Node::Kind::list;
            TRY(node.list, conditions(value.get_array(), place));
        } else {
            node.kind = Filter::Node::Kind::scalar;
            node.scalar = make_operand(value, place.is_time);
        }
        return node;
    }

private:
    Result<std::vector<Filter::Node>> conditions(const json::array& elements, const Place& place) {
        std::vector<Filter::Node> nodes;
        for (const json::value& element : elements) {
            TRY(Filter::Node node, condition(element, place.deeper()));
            nodes.push_back(std::move(node));
        }
        return nodes;
    }

    Result<Filter::Node> object(const json::object& members, const Place& place) {
        Filter::Node node;
        for (const json::key_value_pair& pair : members) {
            TRY_VOID(member(node, pair.key(), pair.value(), place));
        }
        return node;
    }

    Result<void> member(Filter::Node& node, std::string_view name, const json::value& value, const Place& place) {
        if (name == "$not") {
            TRY(Filter::Node inner, condition(value, place.deeper()));
            node.negated = std::make_unique<Filter::Node>(std::move(inner));
            return {};
        }
        if (name == "$or" || name == "$and") {
            if (!value.is_array()) return refuse(place, fmt::format("{} needs an array", name));
            TRY((name == "$or" ? node.any_of : node.all_of), conditions(value.get_array(), place));
            return {};
        }
        if (const auto op = find_operator(name)) {
            TRY_VOID(check_operand(*op, name, value, place));
            if (!place.is_root) return test(node, *op, value, place);
        } else if (name.starts_with('$')) {
            return refuse(place, fmt::format("unknown operator {}", shown(name)));
        }
        TRY(Filter::Node inner, condition(value, place.field(name)));
        node.fields.push_back({std::string(name), std::move(inner)});
        return {};
    }

    Result<void> test(Filter::Node& node, FilterOperator op, const json::value& value, const Place& place) {
        if (++nodes_ > kFilterNodesMax) {
            return fail(Errc::invalid, fmt::format("filter: more than {} conditions", kFilterNodesMax));
        }
        FilterTest test{op, make_operand(value, place.is_time), std::nullopt};
        if ((op == FilterOperator::in || op == FilterOperator::nin) && value.is_array()) {
            test.set = make_set(value.get_array(), place.is_time);
        }
        if (op == FilterOperator::exist && !value.get_bool()) node.holds_when_missing = true;
        node.tests.push_back(std::move(test));
        return {};
    }

    std::size_t nodes_ = 0;
};

}  // namespace

Result<Filter::Node> compile_filter(const json::object& root) {
    Compiler compiler;
    return compiler.condition(root, Place{});
}

}  // namespace outpost::model
