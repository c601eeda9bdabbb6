#include "destinations/aws/publisher.hpp"

#include "base/log.hpp"
#include "destinations/aws/outcome.hpp"

namespace outpost::aws {

Publisher::Publisher(const ports::ProviderContext& context, PublisherSetup setup)
    : setup_(std::move(setup)), settings_(context.settings), service_(context.client, context.clock, setup_.service) {}

Task<Result<model::Outcome>> Publisher::send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) {
    auto prepared = prepare(*delivery.event, attempt_time);
    if (!prepared) {
        if (log::enabled(log::Level::debug))
            log::debug("aws.not_formatted", {{"event_id", delivery.event->id.value},
                                             {"destination_id", destination().id.value},
                                             {"error", prepared.error().text()}});
        co_return formatting_failure();
    }
    const auto answer = co_await service_.call(setup_.operation, std::move(prepared->request), attempt_time, deadline);
    if (answer) co_return outcome_of_answer(*answer, prepared->name);
    if (log::enabled(log::Level::debug))
        log::debug("aws.send_failed", {{"destination_id", destination().id.value}, {"error", answer.error().text}});
    co_return outcome_of(answer.error());
}

std::optional<ports::RequestPreview> Publisher::preview(const model::Event& event, TimePoint attempt_time) const {
    auto prepared = prepare(event, attempt_time);
    if (!prepared) return std::nullopt;
    const http::ClientRequest request = service_.signed_request(std::move(prepared->request), attempt_time);
    ports::RequestPreview preview{.method = request.method,
                                  .url = request.url.scheme + "://" + request.url.authority() + request.url.target,
                                  .headers = {},
                                  .body = std::string(request.body.view())};
    for (const auto& [name, value] : request.headers) {
        const bool is_secret = name == "Authorization" || name == "X-Amz-Security-Token";
        preview.headers.emplace_back(name, is_secret ? model::mask(value) : value);
    }
    return preview;
}

model::Outcome Publisher::strange_answer(std::string_view what) const {
    return failure(fmt::format("operation error {}: {}, {}", setup_.service.name, setup_.operation, what));
}

http::ClientRequest Publisher::json_request(const http::Url& root, std::string_view target, std::string_view version,
                                            std::string body) const {
    return {.method = "POST",
            .url = root,
            .headers = {{"Content-Type", fmt::format("application/x-amz-json-{}", version)},
                        {"X-Amz-Target", std::string(target)},
                        {"User-Agent", settings_.user_agent}},
            .body = Bytes(std::move(body))};
}

}  // namespace outpost::aws
