#include "model/log_conditions.hpp"

#include "base/json_scan.hpp"

#include <algorithm>

namespace outpost::model {
namespace {

/// The last member of that name, as parsers have it.
std::optional<JsonSlice> member_of(std::string_view object, std::string_view name) {
    std::optional<JsonSlice> found;
    JsonObjectScan scan(object);
    while (const auto member = scan.next())
        if (member->name == name) found = member->value;
    return found;
}

bool allows(const std::vector<std::string>& values, std::string_view value) {
    return values.empty() || std::ranges::find(values, value) != values.end();
}

}  // namespace

std::optional<CodeClass> CodeClass::parse(std::string_view name) {
    if (name == "2xx" || name == "3xx" || name == "4xx" || name == "5xx") return CodeClass(name.front());
    if (const auto error_class = parse_error_class(name)) return CodeClass(*error_class);
    return std::nullopt;
}

bool CodeClass::covers(AttemptStatus status, std::string_view code) const {
    if (const char* digit = std::get_if<char>(&what_)) return http_class(code) == *digit;
    return error_class(status, code) == std::get<ErrorClass>(what_);
}

bool AttemptConditions::fit(AttemptStatus status, std::string_view code, bool is_manual, std::uint32_t number) const {
    const auto covers = [&](const CodeClass& some) { return some.covers(status, code); };
    return allows(codes, code) && (code_classes.empty() || std::ranges::any_of(code_classes, covers)) &&
           (!manual || *manual == is_manual) && number >= number_min && number <= number_max;
}

bool DataCondition::fit(std::string_view data) const {
    std::string_view rest = path;
    JsonSlice value{.kind = JsonKind::object, .raw = data};
    while (true) {
        if (value.kind != JsonKind::object) return false;
        const std::size_t dot = std::min(rest.find('.'), rest.size());
        const auto member = member_of(value.raw, rest.substr(0, dot));
        if (!member) return false;
        value = *member;
        if (dot == rest.size()) break;
        rest.remove_prefix(dot + 1);
    }
    if (value.kind == JsonKind::object || value.kind == JsonKind::array) return false;
    if (value.kind == JsonKind::string) return allows(values, json_string_text(value.raw));
    return allows(values, value.raw);
}

bool EventConditions::fit(std::string_view id, std::string_view topic, std::string_view payload) const {
    if (!text.empty() && !id.contains(text) && !topic.contains(text) && !payload.contains(text)) return false;
    return std::ranges::all_of(data, [&](const DataCondition& condition) { return condition.fit(payload); });
}

}  // namespace outpost::model
