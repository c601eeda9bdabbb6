#include "destinations/hookdeck/outcome.hpp"

#include "base/json_writer.hpp"
#include "destinations/webhook/header_names.hpp"
#include "destinations/webhook/retry_after.hpp"

#include <map>

namespace outpost::hookdeck {
namespace {

constexpr int kTooManyRequests = 429;
constexpr int kServiceUnavailable = 503;

model::Outcome error(std::string code, std::string_view text) {
    model::Outcome outcome{.code = std::move(code)};
    JsonWriter json(outcome.response_data);
    json.begin_object();
    json.member("error", text);
    json.end_object();
    return outcome;
}

void write_headers(JsonWriter& json, const http::Headers& headers) {
    std::map<std::string, std::vector<std::string>> by_name;
    for (const auto& [name, value] : headers) by_name[webhook::canonical_name(name)].push_back(value);
    json.begin_object();
    for (const auto& [name, values] : by_name) {
        json.key(name);
        if (values.size() > 1) json.begin_array();
        for (const std::string& value : values) json.value(value);
        if (values.size() > 1) json.end_array();
    }
    json.end_object();
}

std::string response_data(const http::ClientResponse& response, std::size_t body_bytes_max) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("status_code", response.status);
    if (response.body_too_large)
        json.member("body", fmt::format("Response body exceeded {} bytes and was not stored", body_bytes_max));
    else json.member("body", response.body);
    json.key("headers");
    write_headers(json, response.headers);
    json.end_object();
    return text;
}

bool is_out_of_reach(net::FailureKind kind) {
    return kind == net::FailureKind::timeout || kind == net::FailureKind::connection_refused ||
           kind == net::FailureKind::network_unreachable || kind == net::FailureKind::dns_error;
}

}  // namespace

model::Outcome outcome_of(const http::ClientResponse& response, std::size_t body_bytes_max, TimePoint now) {
    const std::string code = std::to_string(response.status);
    if (response.body_incomplete) return error(code, "Failed to read response body");
    model::Outcome outcome{.code = code, .response_data = response_data(response, body_bytes_max)};
    if (response.status >= 200 && response.status < 300) outcome.status = model::AttemptStatus::success;
    if (response.status == kTooManyRequests || response.status == kServiceUnavailable)
        if (const auto wait = response.headers.find("Retry-After"))
            outcome.retry_after = webhook::parse_retry_after(*wait, now);
    return outcome;
}

Result<model::Outcome> outcome_of(const net::Failure& failure) {
    if (net::is_ours(failure.kind)) {
        const bool stopped = failure.kind == net::FailureKind::cancelled;
        return fail(stopped ? Errc::cancelled : Errc::unavailable,
                    fmt::format("{}: {}", to_string(failure.kind), failure.detail));
    }
    if (failure.kind == net::FailureKind::blocked_address) return model::Outcome{.code = "blocked_address"};
    model::Outcome outcome = error("ERROR", "Request failed");
    outcome.unreachable = is_out_of_reach(failure.kind);
    return outcome;
}

model::Outcome formatting_failure() {
    return error("ERROR", "Failed to create request");
}

}  // namespace outpost::hookdeck
