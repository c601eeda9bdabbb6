#include "model/filter_explain.hpp"

#include "base/json_scan.hpp"
#include "model/filter_node.hpp"

namespace outpost::model {
namespace {

/// Where a condition stands, as compile_filter() goes there: logic looks at the same value as what is around it.
struct Place {
    std::string path;
    std::vector<std::string> fields;  ///< that lead to the value

    bool is_root() const { return fields.empty(); }
    Place logic(std::string_view part) const { return {joined(part), fields}; }
    Place field(std::string_view name) const {
        Place inner{joined(name), fields};
        inner.fields.emplace_back(name);
        return inner;
    }

private:
    std::string joined(std::string_view part) const {
        return path.empty() ? std::string(part) : fmt::format("{}.{}", path, part);
    }
};

class Splitter {
public:
    Result<void> condition(const json::value& value, const Place& place) {
        if (value.is_array()) return emit(place, "contains", value);
        if (!value.is_object()) return emit(place, "$eq", value);
        const json::object& members = value.get_object();
        if (members.empty() && !place.is_root()) return emit(place, "exists", value);
        for (const json::key_value_pair& pair : members) TRY_VOID(member(pair.key(), pair.value(), place));
        return {};
    }

    std::vector<FilterClause> clauses;

private:
    Result<void> member(std::string_view name, const json::value& value, const Place& place) {
        if (name == "$not" || name == "$or" || name == "$and") return logic(name, value, place);
        // At the root an operator's name is a field's (pipeline.md §6.4).
        if (!place.is_root() && name.starts_with('$')) return emit(place, name, json::object{{name, value}});
        return condition(value, place.field(name));
    }

    Result<void> logic(std::string_view name, const json::value& value, const Place& place) {
        TRY_VOID(emit(place, name, json::object{{name, value}}));
        if (name == "$not") return condition(value, place.logic(name));
        const json::array& elements = value.get_array();  // the whole has been compiled
        for (std::size_t i = 0; i < elements.size(); ++i) {
            TRY_VOID(condition(elements[i], place.logic(fmt::format("{}[{}]", name, i))));
        }
        return {};
    }

    /// @param condition  what stands at the place
    Result<void> emit(const Place& place, std::string_view op, json::value condition) {
        if (clauses.size() >= kExplainedClausesMax) return {};
        if (place.is_root() && !condition.is_object())
            condition = json::object{{"$and", json::array{std::move(condition)}}};
        for (auto name = place.fields.rbegin(); name != place.fields.rend(); ++name) {
            condition = json::object{{*name, std::move(condition)}};
        }
        TRY(Filter alone, Filter::compile(to_json(condition)));
        clauses.push_back({place.path, std::string(op), std::move(alone)});
        return {};
    }
};

}  // namespace

Result<std::vector<FilterClause>> explain_filter(std::string_view text) {
    if (text.size() > kExplainedFilterBytesMax) {
        return fail(Errc::invalid, fmt::format("filter: more than {} bytes", kExplainedFilterBytesMax));
    }
    TRY(const Filter whole, Filter::compile(text));
    if (whole.matches_everything()) return std::vector<FilterClause>{};
    const auto scanned = scan_json(text);
    ASSERT(scanned.has_value());  // it has been compiled
    TRY(const json::value value, parse_json(replace_lone_surrogates(scanned->raw)));
    Splitter splitter;
    TRY_VOID(splitter.condition(value, Place{}));
    return std::move(splitter.clauses);
}

}  // namespace outpost::model
