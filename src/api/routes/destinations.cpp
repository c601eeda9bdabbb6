#include "api/routes/destinations.hpp"

#include "api/envelope/envelope.hpp"
#include "api/views/views.hpp"

namespace outpost::api {

http::ServerResponse DestinationRoutes::shown(int status,
                                              const manage::Granted<model::Destination>& destination) const {
    if (!destination) return refusal_response(destination.error());
    std::string body;
    JsonWriter out(body);
    write_destination(out, manage::show(catalog_, *destination, clock_.now()));
    return json_response(status, std::move(body));
}

Task<http::ServerResponse> DestinationRoutes::list(Call call) {
    manage::DestinationFilter filter{call.query.array("type"), call.query.array("topics")};
    const auto found = co_await destinations_.list(call.tenant(), std::move(filter), call.deadline);
    if (!found) co_return refusal_response(found.error());
    const TimePoint now = clock_.now();
    std::string body;
    JsonWriter out(body);
    out.begin_array();
    for (const model::Destination& each : *found) write_destination(out, manage::show(catalog_, each, now));
    out.end_array();
    co_return json_response(200, std::move(body));
}

Task<http::ServerResponse> DestinationRoutes::create(Call call) {
    co_return shown(201,
                    co_await destinations_.create(call.tenant(), call.caller.role, call.request.body, call.deadline));
}

Task<http::ServerResponse> DestinationRoutes::get(Call call) {
    co_return shown(200, co_await destinations_.get(call.destination(), call.deadline));
}

Task<http::ServerResponse> DestinationRoutes::patch(Call call) {
    co_return shown(
        200, co_await destinations_.patch(call.destination(), call.caller.role, call.request.body, call.deadline));
}

Task<http::ServerResponse> DestinationRoutes::remove(Call call) {
    const auto removed = co_await destinations_.remove(call.destination(), call.deadline);
    co_return removed ? success_response(200) : refusal_response(removed.error());
}

Task<http::ServerResponse> DestinationRoutes::remove_and_show(Call call) {
    co_return shown(200, co_await destinations_.remove(call.destination(), call.deadline));
}

Task<http::ServerResponse> DestinationRoutes::enable(Call call) {
    co_return shown(200, co_await destinations_.enable(call.destination(), call.deadline));
}

Task<http::ServerResponse> DestinationRoutes::disable(Call call) {
    co_return shown(200, co_await destinations_.disable(call.destination(), call.deadline));
}

}  // namespace outpost::api
