#include "net/aws/service.hpp"

#include "base/crypto.hpp"

#include <cstring>

namespace outpost::aws {
namespace {

constexpr std::size_t kSecretBytesMin = 8;  // shorter ones are no keys of AWS and are found in ordinary words

/// Whether the same call may find an open door at the next knock: it was let in and cut off. Where nobody answers at
/// all, the delivery's own schedule is the better pause.
bool is_broken_connection(net::FailureKind kind) {
    return kind == net::FailureKind::connection_reset || kind == net::FailureKind::network_error;
}

void hide(std::string& text, const std::string& secret) {
    if (secret.size() < kSecretBytesMin) return;
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), "***");
        at += 3;
    }
}

std::optional<Milliseconds> skew_of(const http::ClientResponse& response, TimePoint ours) {
    const auto field = response.headers.find("Date");
    const auto theirs = field ? parse_http_date(*field) : std::nullopt;
    if (!theirs) return std::nullopt;
    return *theirs - ours;
}

bool is_success(const http::ClientResponse& response) {
    return response.status >= 200 && response.status < 300;
}

}  // namespace

Service::Service(http::Client& client, Clock& clock, ServiceSettings settings)
    : client_(client), clock_(clock), settings_(std::move(settings)) {
    std::uint32_t seed = 0;
    const std::string random = random_bytes(sizeof seed);
    std::memcpy(&seed, random.data(), sizeof seed);
    jitter_.seed(seed);
}

MonotonicTime::duration Service::lengthened(MonotonicTime::duration pause) {
    return pause + pause * std::uniform_int_distribution<int>(0, 100)(jitter_) / 200;
}

http::ClientRequest Service::signed_request(http::ClientRequest request, TimePoint time) const {
    sign(request, settings_.credentials, settings_.scope, time + correction_);
    return request;
}

Task<std::expected<http::ClientResponse, CallFailure>> Service::call(std::string operation, http::ClientRequest request,
                                                                     TimePoint time, Deadline deadline) {
    const MonotonicTime started = clock_.monotonic();
    MonotonicTime::duration pause = settings_.pause;
    bool time_corrected = false;
    for (int tries = 1;; ++tries) {
        const TimePoint now = time + std::chrono::floor<Milliseconds>(clock_.monotonic() - started);
        http::ClientRequest attempt = signed_request(request, now);
        const http::ClientLimits limits{.body_bytes_max = kAnswerBytesMax};
        auto response = co_await client_.send(std::move(attempt), limits, deadline);

        std::optional<CallFailure> failure;
        bool again = false;
        if (!response) {
            failure = failed(operation, response.error().kind);
            again = is_broken_connection(response.error().kind);
        } else if (is_success(*response) && !response->body_incomplete) {
            co_return std::move(*response);
        } else if (is_success(*response)) {
            failure = failed(operation, net::FailureKind::network_error);
            again = true;
        } else {
            failure = failed(operation, decode_error(*response));
            const auto skew = skew_of(*response, now);
            const Remedy remedy = remedy_for(*failure->service, skew);
            if (remedy == Remedy::correct_time && !time_corrected) {
                correction_ = *skew;
                time_corrected = true;
                --tries;  // no fault of the request's
                continue;
            }
            again = remedy == Remedy::wait;
        }
        const MonotonicTime::duration wait = lengthened(pause);
        if (!again || tries == kTriesMax || clock_.monotonic() + wait >= deadline.at())
            co_return std::unexpected(*std::move(failure));
        co_await clock_.sleep_for(wait);
        pause *= 2;
    }
}

CallFailure Service::failed(std::string_view operation, net::FailureKind kind) const {
    CallFailure failure{.service = std::nullopt, .transport = kind, .text = {}};
    if (kind == net::FailureKind::timeout)
        failure.text =
            fmt::format("operation error {}: {}, canceled, context deadline exceeded", settings_.name, operation);
    else
        failure.text = fmt::format(
            "operation error {}: {}, https response error StatusCode: 0, RequestID: , request send failed, {}",
            settings_.name, operation, net::to_string(kind));
    return failure;
}

CallFailure Service::failed(std::string_view operation, ServiceError error) const {
    const Credentials& credentials = settings_.credentials;
    for (const std::string* secret : {&credentials.secret, &credentials.session_token, &credentials.key_id}) {
        for (std::string* text : {&error.code, &error.message, &error.request_id}) hide(*text, *secret);
    }
    const std::string_view code = error.code.empty() ? std::string_view("UnknownError") : error.code;
    std::string text = fmt::format("operation error {}: {}, https response error StatusCode: {}, RequestID: {}, {}: {}",
                                   settings_.name, operation, error.status, error.request_id, code, error.message);
    return {.service = std::move(error), .text = std::move(text)};
}

}  // namespace outpost::aws
