#include "destinations/webhook/custom_headers.hpp"

#include "base/json.hpp"
#include "destinations/webhook/header_names.hpp"

namespace outpost::webhook {
namespace {

/// nullopt when `text` is no JSON object of strings. A null member counts as an empty text.
std::optional<model::StringMap> parse_string_map(const std::string& text) {
    const auto value = parse_json(text);
    if (!value) return std::nullopt;
    if (value->is_null()) return model::StringMap();
    const json::object* object = value->if_object();
    if (object == nullptr) return std::nullopt;
    model::StringMap map;
    for (const auto& member : *object) {
        const json::string* content = member.value().if_string();
        if (content == nullptr && !member.value().is_null()) return std::nullopt;
        map[std::string(member.key())] = content == nullptr ? std::string() : std::string(*content);
    }
    return map;
}

std::string_view broken_rule(std::string_view name, std::string_view value) {
    if (!is_choosable_name(name)) return "pattern";
    if (is_reserved_name(name)) return "forbidden";
    if (value.empty()) return "required";
    return {};
}

}  // namespace

std::expected<model::StringMap, std::vector<ports::FieldProblem>> parse_custom_headers(const model::StringMap& config) {
    const auto text = config.find("custom_headers");
    if (text == config.end() || text->second.empty()) return model::StringMap();
    auto headers = parse_string_map(text->second);
    if (!headers) return std::unexpected(std::vector<ports::FieldProblem>{{"config.custom_headers", "invalid"}});
    std::vector<ports::FieldProblem> problems;
    for (const auto& [name, value] : *headers) {
        const std::string_view rule = broken_rule(name, value);
        if (!rule.empty()) problems.push_back({fmt::format("config.custom_headers.{}", name), std::string(rule)});
    }
    if (!problems.empty()) return std::unexpected(std::move(problems));
    return *std::move(headers);
}

}  // namespace outpost::webhook
