#include "api/routes/metrics.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/metric_parameters.hpp"
#include "api/views/metric_view.hpp"

#include <boost/asio/this_coro.hpp>

namespace outpost::api {
namespace {

constexpr std::size_t kPointsAtOnce = 2'000;  // written, a millisecond or two, before others get the shard's thread

}  // namespace

Task<http::ServerResponse> MetricRoutes::events(Call call) {
    return report(model::MetricKind::events, std::move(call));
}

Task<http::ServerResponse> MetricRoutes::attempts(Call call) {
    return report(model::MetricKind::attempts, std::move(call));
}

Task<http::ServerResponse> MetricRoutes::report(model::MetricKind kind, Call call) {
    const auto admitted = manage::Metrics::check_dimensions(call.caller.scope(), call.query.array("dimensions"));
    if (!admitted) co_return refusal_response(admitted.error());
    auto parameters = parse_metric_parameters(call.query, kind);
    if (!parameters) co_return std::move(parameters).error();
    const auto found = co_await metrics_.report(call.caller.scope(), parameters->query, call.deadline);
    if (!found) co_return refusal_response(found.error());
    const MetricColumns columns{parameters->query.dimensions, parameters->measures};
    const auto executor = co_await boost::asio::this_coro::executor;
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.key("data");
    out.begin_array();
    for (std::size_t index = 0; index < found->series.size(); ++index) {
        write_metric_point(out, found->series[index], columns);
        if (index % kPointsAtOnce == kPointsAtOnce - 1) {
            co_await boost::asio::post(executor, boost::asio::use_awaitable);
        }
    }
    out.end_array();
    write_metric_metadata(out, *found, parameters->query.granularity);
    out.end_object();
    co_return json_response(200, std::move(body));
}

}  // namespace outpost::api
