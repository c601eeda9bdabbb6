#include "destinations/aws_sqs/publisher.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "destinations/aws/account.hpp"
#include "destinations/aws/message.hpp"
#include "destinations/aws/outcome.hpp"
#include "net/aws/digest.hpp"

namespace outpost::aws_sqs {
namespace {

constexpr std::size_t kFifoIdCharactersMax = 128;
constexpr const char* kDefaultGroup = "event";  // for events without a topic

/// FIFO ids are short and of printable ASCII without blanks; what is not becomes its digest.
std::string fifo_id(const std::string& text) {
    const bool legal =
        text.size() <= kFifoIdCharactersMax && std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7F'; });
    return legal ? text : to_hex(sha256(text));
}

std::string message(const QueueConfig& config, const model::Event& event, const std::string& metadata) {
    std::string body;
    body.reserve(event.data.size() + event.data.size() / 4 + metadata.size() * 2 + 512);
    JsonWriter writer(body);
    writer.begin_object();
    writer.member("QueueUrl", config.queue_url);
    writer.member("MessageBody", event.data.view());
    writer.key("MessageAttributes");
    writer.begin_object();
    writer.key("metadata");
    writer.begin_object();
    writer.member("DataType", "String");
    writer.member("StringValue", metadata);
    writer.end_object();
    writer.end_object();
    if (config.is_fifo) {
        writer.member("MessageGroupId", fifo_id(event.topic.empty() ? kDefaultGroup : event.topic));
        writer.member("MessageDeduplicationId", fifo_id(event.id.value));
    }
    writer.end_object();
    return body;
}

aws::PublisherSetup setup_of(std::shared_ptr<const model::StoredDestination> destination, const QueueConfig& config) {
    aws::Credentials credentials = aws::credentials_of(destination->destination);
    return {.destination = std::move(destination),
            .service = {.name = "SQS",
                        .scope = {.region = config.region, .service = "sqs"},
                        .credentials = std::move(credentials)},
            .operation = "SendMessage"};
}

}  // namespace

SqsPublisher::SqsPublisher(const ports::ProviderContext& context,
                           std::shared_ptr<const model::StoredDestination> destination, QueueConfig config)
    : Publisher(context, setup_of(std::move(destination), config)), config_(std::move(config)) {}

Result<SqsPublisher::Prepared> SqsPublisher::prepare(const model::Event& event, TimePoint attempt_time) const {
    const std::string metadata = aws::to_json_object(aws::metadata_of(event, destination(), attempt_time, settings()));
    return Prepared{
        .request = json_request(config_.root, "AmazonSQS.SendMessage", "1.0", message(config_, event, metadata)),
        .name = to_hex(aws::md5(event.data.view()))};
}

model::Outcome SqsPublisher::outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const {
    const auto body = parse_json(answer.body);
    if (!body || !body->is_object()) return strange_answer("the answer is not one of SQS");
    const json::value* digest = body->get_object().if_contains("MD5OfMessageBody");
    const bool differs = digest != nullptr && (!digest->is_string() || digest->get_string() != name);
    if (differs && !name.empty()) return strange_answer("MD5OfMessageBody does not match what was sent");
    return aws::success("{}");
}

}  // namespace outpost::aws_sqs
