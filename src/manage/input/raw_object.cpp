#include "manage/input/raw_object.hpp"

namespace outpost::manage {
namespace {

std::unexpected<Error> invalid_json() {
    return fail(Errc::invalid, "invalid JSON");
}

bool equal_names(std::string_view a, std::string_view b) {
    const auto lower = [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter; };
    return std::ranges::equal(a, b, [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace

JsonKind kind_of(std::string_view raw) {
    ASSERT(!raw.empty());
    switch (raw.front()) {
        case 'n': return JsonKind::null;
        case 't':
        case 'f': return JsonKind::boolean;
        case '"': return JsonKind::string;
        case '[': return JsonKind::array;
        case '{': return JsonKind::object;
        default: return JsonKind::number;
    }
}

Result<RawObject> RawObject::parse(std::string_view text) {
    RawObject object;
    JsonObjectScan scan(text);
    if (!scan.is_object()) {
        const auto value = scan_json(text);
        if (value && value->kind == JsonKind::null) return object;
        return invalid_json();
    }
    while (const auto member = scan.next()) {
        object.members_.push_back({std::string(member->name), member->value.raw});
    }
    if (!scan.complete()) return invalid_json();
    return object;
}

std::optional<std::string_view> RawObject::find(std::string_view name) const {
    for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
        if (equal_names(member->name, name)) return member->value;
    }
    return std::nullopt;
}

std::optional<std::string_view> RawObject::find_present(std::string_view name) const {
    const auto value = find(name);
    return value && kind_of(*value) == JsonKind::null ? std::nullopt : value;
}

Result<std::optional<std::string>> RawObject::find_string(std::string_view name) const {
    const auto value = find_present(name);
    if (!value) return std::optional<std::string>();
    TRY(std::string text, unquote(*value));
    return std::optional(std::move(text));
}

Result<std::string> unquote(std::string_view raw) {
    const auto value = scan_json(raw);
    if (!value || value->kind != JsonKind::string || value->lone_surrogate) return invalid_json();
    return json_string_text(value->raw);
}

}  // namespace outpost::manage
