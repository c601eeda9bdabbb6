#include "api/routes/publish.hpp"

#include "api/envelope/envelope.hpp"
#include "base/json_writer.hpp"
#include "pipeline/publish/publication_batch.hpp"

namespace outpost::api {
namespace {

static_assert(pipeline::kPublicationBatchMax <= ports::kAcceptBatchMax, "a batch is one call of the ledger");

constexpr std::string_view kNotStored = "the event could not be stored, try again with the same id";
constexpr std::string_view kNoneStored = "the events could not be stored, try again with the same ids";

http::ServerResponse rejection_response(const pipeline::PublicationRejection& rejection) {
    return error_response(422, rejection.message, rejection.data);
}

/// @param not_stored  the text for what may be tried again
http::ServerResponse failure_response(const Error& error, std::string_view not_stored) {
    const bool again = error.code() == Errc::unavailable || error.code() == Errc::timeout;
    http::ServerResponse response =
        again ? error_response(503, not_stored) : error_response(500, "internal server error");
    response.failure = error.describe();
    return response;
}

void write_receipt_members(JsonWriter& out, const pipeline::PublishReceipt& receipt) {
    out.member("id", receipt.id.value);
    out.member("duplicate", receipt.duplicate);
    out.key("destination_ids");
    out.begin_array();
    for (const DestinationId& id : receipt.destination_ids) out.value(id.value);
    out.end_array();
}

http::ServerResponse receipt_response(const pipeline::PublishReceipt& receipt) {
    std::string body;
    JsonWriter out(body);
    out.begin_object();
    write_receipt_members(out, receipt);
    out.end_object();
    return json_response(202, std::move(body));
}

/// One result of a batch. @return whether the event is stored
/// @param failure  gets what was behind the first one that is not
bool write_result(JsonWriter& out, const Result<pipeline::PublishReceipt>& receipt, std::string& failure) {
    if (!receipt) {
        http::ServerResponse failed = failure_response(receipt.error(), kNotStored);
        out.raw(failed.body);
        if (failure.empty()) failure = std::move(failed.failure);
        return false;
    }
    out.begin_object();
    out.member("status", 202);
    write_receipt_members(out, *receipt);
    out.end_object();
    return true;
}

/// @param receipts  of the events that could be read, in order
http::ServerResponse batch_response(const std::vector<pipeline::ParsedPublication>& parsed,
                                    const pipeline::PublishReceipts& receipts) {
    std::string body, failure;
    JsonWriter out(body);
    bool all_stored = true;
    auto receipt = receipts.begin();
    out.begin_object();
    out.key("results");
    out.begin_array();
    for (const pipeline::ParsedPublication& publication : parsed) {
        if (publication) {
            all_stored = write_result(out, *receipt++, failure) && all_stored;
            continue;
        }
        all_stored = false;
        out.raw(rejection_response(publication.error()).body);
    }
    out.end_array();
    out.end_object();
    http::ServerResponse response = json_response(all_stored ? 202 : 207, std::move(body));
    response.failure = std::move(failure);
    return response;
}

}  // namespace

Task<http::ServerResponse> PublishRoutes::publish(Call call) {
    auto publication = pipeline::parse_publication(call.request.body, topics_);
    if (!publication) co_return rejection_response(publication.error());
    const auto receipt = co_await publish_.one(std::move(*publication), call.deadline);
    if (!receipt) co_return failure_response(receipt.error(), kNotStored);
    co_return receipt_response(*receipt);
}

Task<http::ServerResponse> PublishRoutes::publish_batch(Call call) {
    auto parsed = pipeline::parse_publication_batch(call.request.body, topics_);
    if (!parsed) co_return rejection_response(parsed.error());
    std::vector<pipeline::Publication> publications;
    for (pipeline::ParsedPublication& publication : *parsed) {
        if (publication) publications.push_back(std::move(*publication));
    }
    if (publications.empty()) co_return batch_response(*parsed, {});
    const std::size_t count = publications.size();
    const auto receipts = co_await publish_.batch(std::move(publications), call.deadline);
    if (!receipts) co_return failure_response(receipts.error(), kNoneStored);
    ASSERT(receipts->size() == count);
    co_return batch_response(*parsed, *receipts);
}

}  // namespace outpost::api
