#include "destinations/hookdeck/publisher.hpp"

#include "base/log.hpp"
#include "destinations/hookdeck/outcome.hpp"
#include "destinations/webhook/header_names.hpp"
#include "model/delivery_metadata.hpp"

namespace outpost::hookdeck {
namespace {

constexpr std::string_view kPrefix = "X-Outpost-";  // fixed, whatever the webhook's is

/// What an event may not say of itself (decision B19).
bool is_guarded(std::string_view key) {
    return http::equal_ignoring_case(key, "event-id") || http::equal_ignoring_case(key, "timestamp");
}

}  // namespace

HookdeckPublisher::HookdeckPublisher(const ports::ProviderContext& context,
                                     std::shared_ptr<const model::StoredDestination> destination, Token token,
                                     http::Url events, std::size_t response_body_bytes_max)
    : client_(context.client),
      clock_(context.clock),
      settings_(context.settings),
      destination_(std::move(destination)),
      token_(std::move(token)),
      url_(std::move(events)),
      response_body_bytes_max_(response_body_bytes_max) {
    if (!url_.target.ends_with('/')) url_.target += '/';
    url_.target += path_step(token_.source_id);
}

http::ClientRequest HookdeckPublisher::request_for(const model::Event& event, TimePoint attempt_time) const {
    const model::Destination& destination = destination_->destination;
    model::StringMap metadata = model::system_metadata(event, attempt_time, settings_.include_millisecond_timestamp);
    for (const auto& [key, value] : destination.delivery_metadata) metadata.insert_or_assign(key, value);
    for (const auto& [key, value] : event.metadata)
        if (!is_guarded(key)) metadata.insert_or_assign(key, value);

    http::Headers headers = {{"Content-Type", "application/json"}, {"User-Agent", settings_.user_agent}};
    for (const auto& [key, value] : metadata) {
        const std::string name = webhook::canonical_name(std::string(kPrefix) + key);
        if (webhook::is_legal_name(name) && webhook::is_legal_value(value)) headers.set(name, value);
        else
            log::warn("hookdeck.header_left_out",  // decision B18
                      {{"event_id", event.id.value}, {"destination_id", destination.id.value}, {"metadata_key", key}});
    }
    headers.add("X-Hookdeck-Signature", signature(token_, event.data.view()));
    return {.method = "POST", .url = url_, .headers = std::move(headers), .body = event.data};
}

Task<Result<model::Outcome>> HookdeckPublisher::send(model::Delivery delivery, TimePoint attempt_time,
                                                     Deadline deadline) {
    const http::ClientLimits limits{.body_bytes_max = response_body_bytes_max_};
    const auto response = co_await client_.send(request_for(*delivery.event, attempt_time), limits, deadline);
    if (response) co_return outcome_of(*response, response_body_bytes_max_, clock_.now());
    if (log::enabled(log::Level::debug))
        log::debug("hookdeck.send_failed", {{"destination_id", destination_->destination.id.value},
                                            {"code", to_string(response.error().kind)},
                                            {"error", response.error().detail}});
    co_return outcome_of(response.error());
}

std::optional<ports::RequestPreview> HookdeckPublisher::preview(const model::Event& event,
                                                                TimePoint attempt_time) const {
    const http::ClientRequest request = request_for(event, attempt_time);
    ports::RequestPreview preview{.method = request.method,
                                  .url = request.url.scheme + "://" + request.url.authority() + request.url.target,
                                  .headers = {},
                                  .body = std::string(request.body.view())};
    for (const auto& [name, value] : request.headers) preview.headers.emplace_back(name, value);
    return preview;
}

}  // namespace outpost::hookdeck
