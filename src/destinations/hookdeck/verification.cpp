#include "destinations/hookdeck/verification.hpp"

#include "base/json.hpp"

namespace outpost::hookdeck {
namespace {

constexpr std::string_view kVersion = "2025-01-01";

bool is_time_or_absent(const json::object& answer, std::string_view name) {
    const json::value* const member = answer.if_contains(name);
    if (member == nullptr || member->is_null()) return true;
    const auto* const text = member->if_string();
    return text != nullptr && parse_rfc3339(std::string_view(text->data(), text->size())).has_value();
}

}  // namespace

http::ClientRequest verification_request(http::Url api, const Token& token, const std::string& user_agent) {
    if (!api.target.ends_with('/')) api.target += '/';
    api.target += fmt::format("{}/sources/{}/managed/verify", kVersion, path_step(token.source_id));
    return {.method = "GET",
            .url = std::move(api),
            .headers = {{"X-Hookdeck-Source-Token", token.text}, {"User-Agent", user_agent}},
            .body = {}};
}

Result<std::string> verified_name(const http::ClientResponse& response) {
    if (response.status != 200) return fail(Errc::denied, fmt::format("the answer was {}", response.status));
    if (response.body_too_large || response.body_incomplete) return fail(Errc::invalid, "the answer is not whole");
    TRY(const json::value answer, parse_json(response.body));
    const json::object* const object = answer.if_object();
    if (object == nullptr) return fail(Errc::invalid, "the answer is no object");
    const json::value* const name = object->if_contains("name");
    if (name == nullptr || !name->is_string()) return fail(Errc::invalid, "the answer has no name");
    for (const std::string_view time : {"created_at", "updated_at"})
        if (!is_time_or_absent(*object, time)) return fail(Errc::invalid, fmt::format("{} is no time", time));
    return std::string(name->get_string().c_str(), name->get_string().size());
}

}  // namespace outpost::hookdeck
