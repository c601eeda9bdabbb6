#include "api/routes/publish.hpp"

#include "api/envelope/envelope.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"

namespace outpost::api {
namespace {

http::ServerResponse receipt_response(const pipeline::PublishReceipt& receipt) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    out.member("id", receipt.id.value);
    out.member("duplicate", receipt.duplicate);
    out.key("destination_ids");
    out.begin_array();
    for (const DestinationId& id : receipt.destination_ids) out.value(id.value);
    out.end_array();
    out.end_object();
    return json_response(202, std::move(body));
}

}  // namespace

Task<http::ServerResponse> PublishRoutes::publish(Call call) {
    auto publication = pipeline::parse_publication(call.request.body, topics_);
    if (!publication) co_return error_response(422, publication.error().message, publication.error().data);
    const auto receipt = co_await publish_(std::move(*publication), call.deadline);
    if (receipt) co_return receipt_response(*receipt);
    const Error& error = receipt.error();
    log::warn("api.publish_failed", {{"error", error.describe()}});
    if (error.code() == Errc::unavailable || error.code() == Errc::timeout) {
        co_return error_response(503, "the event could not be stored, try again with the same id");
    }
    co_return error_response(500, "internal server error");
}

}  // namespace outpost::api
