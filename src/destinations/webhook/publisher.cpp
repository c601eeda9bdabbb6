#include "destinations/webhook/publisher.hpp"

#include "base/log.hpp"
#include "destinations/webhook/outcome.hpp"
#include "destinations/webhook/preview.hpp"
#include "destinations/webhook/redirect.hpp"
#include "destinations/webhook/request_headers.hpp"
#include "destinations/webhook/signature.hpp"
#include "destinations/webhook/trace.hpp"

namespace outpost::webhook {
namespace {

Result<http::Url> url_of(const model::Destination& destination) {
    const auto text = destination.config.find("url");
    if (text == destination.config.end()) return fail(Errc::invalid, "there is no URL");
    return http::parse_url(text->second);
}

}  // namespace

struct WebhookPublisher::Prepared {
    http::ClientRequest request;
    Chain chain;
};

WebhookPublisher::WebhookPublisher(http::Client& client, const WebhookSettings& settings, const Clock& clock,
                                   std::shared_ptr<const model::StoredDestination> destination,
                                   model::StringMap custom_headers)
    : client_(client),
      settings_(settings),
      clock_(clock),
      destination_(std::move(destination)),
      custom_headers_(std::move(custom_headers)),
      url_(url_of(destination_->destination)) {}

Task<Result<model::Outcome>> WebhookPublisher::send(model::Delivery delivery, TimePoint attempt_time,
                                                    Deadline deadline) {
    auto prepared = prepare(*delivery.event, attempt_time);
    if (!prepared) {
        // A bad URL is the customer's affair, a failing template the operator's.
        const log::Level level = url_ ? log::Level::warn : log::Level::debug;
        if (log::enabled(level))
            log::write(level, "webhook.not_formatted",
                       {{"event_id", delivery.event->id.value},
                        {"destination_id", destination_->destination.id.value},
                        {"error", prepared.error().text()}});
        co_return formatting_failure();
    }
    auto outcome = co_await exchange(*std::move(prepared), delivery.trace, deadline);
    co_return outcome;
}

std::optional<ports::RequestPreview> WebhookPublisher::preview(const model::Event& event,
                                                               TimePoint attempt_time) const {
    const auto prepared = prepare(event, attempt_time);
    if (!prepared) return std::nullopt;
    return preview_of(prepared->request);
}

Result<WebhookPublisher::Prepared> WebhookPublisher::prepare(const model::Event& event, TimePoint attempt_time) const {
    if (!url_) return fail(url_.error());
    const model::Destination& destination = destination_->destination;
    std::optional<std::string> signature;
    if (settings_.header_names.signature) {
        TRY(signature, signature_header(settings_, destination.credentials, event, attempt_time));
    }
    RequestHeaders headers = build_headers({.settings = settings_,
                                            .custom_headers = custom_headers_,
                                            .destination = destination,
                                            .event = event,
                                            .signature = std::move(signature),
                                            .time = attempt_time});
    for (const std::string& key : headers.left_out)
        log::warn("webhook.header_left_out",
                  {{"event_id", event.id.value}, {"destination_id", destination.id.value}, {"metadata_key", key}});
    return Prepared{
        .request = {.method = "POST",
                    .url = *url_,
                    .headers = std::move(headers.fields),
                    .body = event.data,
                    .proxy = settings_.proxy},
        .chain = {.rules = settings_.redirects, .start = *url_, .private_names = std::move(headers.custom_names)}};
}

/// One request, and one more for each redirect that is followed: next_step() bounds them.
Task<Result<model::Outcome>> WebhookPublisher::exchange(Prepared prepared, model::TraceWish trace, Deadline deadline) {
    const std::size_t body_bytes_max = settings_.response_body_bytes_max;
    const http::ClientLimits limits{.body_bytes_max = body_bytes_max};
    http::ClientRequest request = std::move(prepared.request);
    const auto traced = [trace](model::Outcome outcome, const http::ClientRequest& sent, const http::Timing& timing) {
        if (model::wants_trace(trace, outcome.status)) outcome.trace = trace_of(sent, timing);
        return outcome;
    };
    while (true) {
        http::SendReport report;
        http::SendReport* const asked = trace == model::TraceWish::none ? nullptr : &report;
        const auto response = co_await client_.send(std::move(request), limits, deadline, asked);
        if (!response) {
            if (log::enabled(log::Level::debug))
                log::debug("webhook.send_failed", {{"destination_id", destination_->destination.id.value},
                                                   {"code", to_string(response.error().kind)},
                                                   {"error", response.error().detail}});
            auto outcome = outcome_of(response.error());
            if (outcome) outcome = traced(*std::move(outcome), report.request, report.timing);
            co_return outcome;
        }
        Step step = next_step(prepared.chain, *response);
        if (step.follow == Follow::refused)
            co_return traced(redirect_refused(*response, body_bytes_max), response->request, report.timing);
        if (step.follow == Follow::no)
            co_return traced(outcome_of(*response, settings_.redirects, body_bytes_max, clock_.now()),
                             response->request, report.timing);
        request = std::move(step.request);
    }
}

}  // namespace outpost::webhook
