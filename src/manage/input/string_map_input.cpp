#include "manage/input/string_map_input.hpp"

#include "base/json.hpp"
#include "manage/input/raw_object.hpp"

#include <charconv>

namespace outpost::manage {
namespace {

// From these decimal exponents on the reference prints the scientific form (api.md §5.4).
constexpr int kExponentMin = -4;
constexpr int kExponentMax = 6;

std::string shortest_decimal(std::string_view raw) {
    double number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    if (error != std::errc() || end != raw.data() + raw.size()) return std::string(raw);  // out of range of a double
    char buffer[64];
    auto written = std::to_chars(std::begin(buffer), std::end(buffer), number, std::chars_format::scientific);
    const std::string_view scientific(buffer, written.ptr);
    const std::string_view digits = scientific.substr(scientific.find('e') + 1);
    int exponent = 0;
    std::from_chars(digits.data() + 1, digits.data() + digits.size(), exponent);
    if (digits.front() == '-') exponent = -exponent;
    if (exponent < kExponentMin || exponent >= kExponentMax) return std::string(scientific);
    written = std::to_chars(std::begin(buffer), std::end(buffer), number, std::chars_format::fixed);
    return {buffer, written.ptr};
}

std::string compact(std::string_view raw) {
    const auto value = parse_json(replace_lone_surrogates(raw));
    return value ? to_canonical_json(*value) : std::string(raw);
}

}  // namespace

std::string coerce_to_string(std::string_view raw) {
    switch (kind_of(raw)) {
        case JsonKind::null: return "";
        case JsonKind::boolean: return std::string(raw);
        case JsonKind::number:
            return raw.find_first_of(".eE") == std::string_view::npos ? std::string(raw) : shortest_decimal(raw);
        case JsonKind::string: return json_string_text(raw);
        case JsonKind::array:
        case JsonKind::object: return compact(raw);
    }
    return "";
}

Result<model::StringMap> parse_string_map(std::string_view raw) {
    TRY(const RawObject object, RawObject::parse(raw));
    model::StringMap map;
    for (const RawMember& member : object.members()) map[member.name] = coerce_to_string(member.value);
    return map;
}

Result<MapPatch> parse_map_patch(std::optional<std::string_view> raw) {
    MapPatch patch;
    if (!raw) return patch;
    if (kind_of(*raw) == JsonKind::null) {
        patch.clear = true;
        return patch;
    }
    TRY(const RawObject object, RawObject::parse(*raw));
    for (const RawMember& member : object.members()) {
        std::optional<std::string> value;
        if (kind_of(member.value) != JsonKind::null) value = coerce_to_string(member.value);
        patch.changes.emplace_back(member.name, std::move(value));
    }
    return patch;
}

model::StringMap patched(model::StringMap values, const MapPatch& patch) {
    if (patch.clear) values.clear();
    for (const auto& [key, value] : patch.changes) {
        if (value) values[key] = *value;
        else values.erase(key);
    }
    return values;
}

model::StringMap values_set_by(const MapPatch& patch) {
    return patched({}, patch);
}

}  // namespace outpost::manage
