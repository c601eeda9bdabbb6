#include "api/routes/test_delivery.hpp"

#include "api/envelope/envelope.hpp"
#include "api/routes/strict_strings.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "manage/input/raw_object.hpp"

namespace outpost::api {
namespace {

/// The members of the body; tenant and destination are the path's.
manage::Granted<pipeline::TestRequest> parse_test(const Bytes& body) {
    pipeline::TestRequest request;
    if (body.empty()) return request;
    const auto object = manage::RawObject::parse(body.view());
    if (!object) return manage::refuse_json();
    auto topic = object->find_string("topic");
    if (!topic) return manage::refuse_json();
    request.topic = topic->value_or("");
    if (const auto metadata = object->find_present("metadata")) {
        auto strings = parse_strict_strings(*metadata);
        if (!strings) return manage::refuse_json();
        request.metadata = std::move(*strings);
    }
    if (const auto data = object->find_present("data")) {
        if (manage::kind_of(*data) != JsonKind::object) {
            return manage::refuse(manage::RefusalKind::invalid, "data must be a valid JSON object");
        }
        request.data = body.slice(static_cast<std::size_t>(data->data() - body.view().data()), data->size());
    }
    return request;
}

void write_request(JsonWriter& out, const std::optional<ports::RequestPreview>& request) {
    out.key("request");
    if (!request) return out.null();
    out.begin_object();
    out.member("method", request->method);
    out.member("url", request->url);
    out.key("headers");
    out.begin_object();
    for (const auto& [name, value] : request->headers) out.member(name, value);
    out.end_object();
    out.member("body", request->body);
    out.end_object();
}

http::ServerResponse report_response(const pipeline::TestReport& report) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("success", report.outcome.status == model::AttemptStatus::success);
    out.member("code", report.outcome.code);
    out.member("duration_ms", report.duration.count());
    out.member("event_id", report.event_id.value);
    write_request(out, report.request);
    out.raw_member("response", report.outcome.response_data.empty() ? "null" : report.outcome.response_data);
    out.end_object();
    return json_response(200, std::move(body));
}

http::ServerResponse refused(const pipeline::TestRefusal& refusal) {
    using Kind = pipeline::TestRefusal::Kind;
    switch (refusal.kind) {
        case Kind::destination_not_found: return error_response(404, "destination not found");
        case Kind::topic_invalid: return error_response(422, "validation error", {"topic is invalid"});
        case Kind::limited: {
            auto response = error_response(429, "too many tests of this destination, try again later");
            response.headers.add("Retry-After", std::to_string(refusal.retry_after.count()));
            return response;
        }
        case Kind::unavailable: break;
    }
    return error_response(503, "the test could not be sent, try again");
}

}  // namespace

Task<http::ServerResponse> TestDeliveryRoutes::test(Call call) {
    auto request = parse_test(call.request.body);
    if (!request) co_return refusal_response(request.error());
    request->tenant = call.tenant();
    request->destination = call.destination().id;
    const DestinationId destination = request->destination;
    const std::string request_id = std::move(call.request.id);
    const auto report = co_await test_(std::move(*request), call.deadline);
    if (!report) co_return refused(report.error());
    log::info("destination.tested",
              {{"request_id", request_id}, {"destination_id", destination.value}, {"code", report->outcome.code}});
    co_return report_response(*report);
}

}  // namespace outpost::api
