#include "api/routes/cancel.hpp"

#include "api/envelope/envelope.hpp"
#include "base/log.hpp"

namespace outpost::api {
namespace {

http::ServerResponse refused(pipeline::CancelRefusal refusal) {
    switch (refusal) {
        case pipeline::CancelRefusal::event_not_found: return error_response(404, "event not found");
        case pipeline::CancelRefusal::destination_not_found: return error_response(404, "destination not found");
        case pipeline::CancelRefusal::unavailable: break;
    }
    return error_response(503, "the cancellation could not be stored, try again");
}

}  // namespace

Task<http::ServerResponse> CancelRoutes::cancel(Call call) {
    const auto cancelled =
        co_await cancel_(call.tenant(), EventId(call.parameters.get("event_id")), call.destination().id, call.deadline);
    if (!cancelled) co_return refused(cancelled.error());
    log::info("event.cancel_requested", {{"request_id", call.request.id},
                                         {"event_id", call.parameters.get("event_id")},
                                         {"destination_id", call.destination().id.value}});
    co_return success_response(200);
}

}  // namespace outpost::api
