#include "api/routes/retry.hpp"

#include "api/envelope/envelope.hpp"
#include "base/log.hpp"
#include "manage/input/raw_object.hpp"

namespace outpost::api {
namespace {

struct RetryRequest {
    EventId event;
    DestinationId destination;
};

manage::Granted<RetryRequest> parse_retry(std::string_view body) {
    const auto object = manage::RawObject::parse(body);
    if (!object) return manage::refuse_json();
    const auto event = object->find_string("event_id");
    const auto destination = object->find_string("destination_id");
    if (!event || !destination) return manage::refuse_json();
    RetryRequest request{EventId(event->value_or("")), DestinationId(destination->value_or(""))};
    std::vector<std::string> missing;
    if (request.event.empty()) missing.push_back(manage::problem_line("event_id", "required"));
    if (request.destination.empty()) missing.push_back(manage::problem_line("destination_id", "required"));
    if (!missing.empty()) return manage::refuse_fields(std::move(missing));
    return request;
}

http::ServerResponse refused(pipeline::RetryRefusal refusal) {
    switch (refusal) {
        case pipeline::RetryRefusal::event_not_found: return error_response(404, "event not found");
        case pipeline::RetryRefusal::destination_not_found: return error_response(404, "destination not found");
        case pipeline::RetryRefusal::destination_disabled:
            return error_response(400, "Destination is disabled", "error", "destination_disabled");
        case pipeline::RetryRefusal::destination_mismatch:
            return error_response(400, "destination does not match event");
        case pipeline::RetryRefusal::unavailable:
            return error_response(503, "the retry could not be stored, try again");
    }
    return error_response(500, "internal server error");
}

}  // namespace

Task<http::ServerResponse> RetryRoutes::retry(Call call) {
    auto request = parse_retry(call.request.body.view());
    if (!request) co_return refusal_response(request.error());
    co_return co_await answer(call.caller.scope(), std::move(request->event), std::move(request->destination),
                              call.deadline, std::move(call.request.id));
}

Task<http::ServerResponse> RetryRoutes::retry_by_path(Call call) {
    co_return co_await answer(call.tenant(), EventId(call.parameters.get("event_id")), call.destination().id,
                              call.deadline, std::move(call.request.id));
}

Task<http::ServerResponse> RetryRoutes::answer(std::optional<TenantId> scope, EventId event, DestinationId destination,
                                               Deadline deadline, std::string request_id) {
    const auto promised = co_await retry_(std::move(scope), event, destination, deadline);
    if (!promised) co_return refused(promised.error());
    log::info("event.retry_requested",
              {{"request_id", request_id}, {"event_id", event.value}, {"destination_id", destination.value}});
    co_return success_response(202);
}

}  // namespace outpost::api
