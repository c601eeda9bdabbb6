// The compiled form of a filter and the document it is matched with. Internal to the filter files; heavy header.
#pragma once

#include "base/json.hpp"
#include "model/filter.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outpost::model {

/// What filters see of an event (pipeline.md §6.1).
struct FilterInput::Document {
    json::value root;  ///< object of id, topic, time, metadata, data; no data when it could not be parsed
    TimePoint time;    ///< to the millisecond; `time` in the root has whole seconds
};

enum class FilterOperator { eq, neq, gt, gte, lt, lte, in, nin, starts_with, ends_with, exist };

/// Null, bool, number or string, or the composite operand of an $eq. `instant` is set when it is compared with the
/// document's `time` and is a timestamp itself (decision B21).
struct FilterOperand {
    json::value value;
    std::optional<TimePoint> instant;
};

/// The scalars of the array given to $in, sorted so that a long list costs little.
struct FilterSet {
    std::vector<std::string> strings;
    std::vector<double> numbers;
    std::vector<TimePoint> instants;
    bool has_true = false, has_false = false, has_null = false;
};

struct FilterTest {
    FilterOperator op = FilterOperator::eq;
    FilterOperand operand;
    std::optional<FilterSet> set;  ///< $in and $nin with an array
};

/// One condition: a scalar to equal, a list to be contained, or an object of tests, logic and fields, all of which
/// count.
struct Filter::Node {
    enum class Kind { scalar, list, object };
    struct Field;

    Kind kind = Kind::object;
    FilterOperand scalar;
    std::vector<Node> list;

    std::vector<FilterTest> tests;
    std::vector<Field> fields;
    std::optional<std::vector<Node>> any_of;  ///< $or
    std::optional<std::vector<Node>> all_of;  ///< $and
    std::unique_ptr<Node> negated;            ///< $not
    bool holds_when_missing = false;          ///< has "$exist": false

    bool has_logic_or_fields() const { return any_of || all_of || negated || !fields.empty(); }
};

struct Filter::Node::Field {
    std::string name;
    Node condition;
};

/// Compiles the root object. @return as Filter::compile
Result<Filter::Node> compile_filter(const json::object& root);

/// Whether the document fulfils the root condition. Bounded by kFilterStepsMax; beyond it nothing matches.
bool evaluate_filter(const Filter::Node& root, const FilterInput::Document& document);

/// Visits of a value or comparisons of some bytes, per filter and event: some 10 ms at worst (hard case T-72).
inline constexpr std::size_t kFilterStepsMax = 1 << 20;

}  // namespace outpost::model
