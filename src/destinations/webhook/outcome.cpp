#include "destinations/webhook/outcome.hpp"

#include "base/json_writer.hpp"
#include "destinations/webhook/retry_after.hpp"

namespace outpost::webhook {
namespace {

constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;
constexpr int kServiceUnavailable = 503;

bool is_success(int status, RedirectRules rules) {
    return rules == RedirectRules::reference ? status < 400 : status >= 200 && status < 300;
}

/// `status` is a number, the body is a text that is never parsed; what is not UTF-8 becomes U+FFFD. One that broke off
/// is marked (§2.9).
std::string response_data(const http::ClientResponse& response, std::size_t body_bytes_max) {
    std::string text;
    JsonWriter writer(text);
    writer.begin_object();
    writer.member("status", response.status);
    if (response.body_too_large)
        writer.member("body", fmt::format("Response body exceeded {} bytes and was not stored", body_bytes_max));
    else writer.member("body", response.body);
    if (response.body_incomplete) writer.member("truncated", true);
    writer.end_object();
    return text;
}

}  // namespace

model::Outcome outcome_of(const http::ClientResponse& response, RedirectRules rules, std::size_t body_bytes_max,
                          TimePoint now) {
    model::Outcome outcome{.code = std::to_string(response.status),
                           .response_data = response_data(response, body_bytes_max)};
    if (is_success(response.status, rules)) {
        outcome.status = model::AttemptStatus::success;
        return outcome;
    }
    outcome.permanent = response.status == kGone;
    if (response.status == kTooManyRequests || response.status == kServiceUnavailable)
        if (const auto wait = response.headers.find("Retry-After")) outcome.retry_after = parse_retry_after(*wait, now);
    return outcome;
}

model::Outcome redirect_refused(const http::ClientResponse& response, std::size_t body_bytes_max) {
    return {.code = std::string(to_string(net::FailureKind::redirect_error)),
            .response_data = response_data(response, body_bytes_max)};
}

Result<model::Outcome> outcome_of(const net::Failure& failure) {
    if (net::is_ours(failure.kind)) {
        const Errc code = failure.kind == net::FailureKind::cancelled ? Errc::cancelled : Errc::unavailable;
        return fail(code, fmt::format("{}: {}", to_string(failure.kind), failure.detail));
    }
    return model::Outcome{.code = std::string(to_string(failure.kind))};
}

model::Outcome formatting_failure() {
    return {.code = "ERR", .response_data = R"({"error":"could not format event for delivery"})"};
}

}  // namespace outpost::webhook
