#include "destinations/aws_kinesis/publisher.hpp"

#include "base/encoding.hpp"
#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "destinations/aws/account.hpp"
#include "destinations/aws/message.hpp"
#include "destinations/aws/outcome.hpp"

namespace outpost::aws_kinesis {
namespace {

aws::PublisherSetup setup_of(std::shared_ptr<const model::StoredDestination> destination, const StreamConfig& config) {
    aws::Credentials credentials = aws::credentials_of(destination->destination);
    return {.destination = std::move(destination),
            .service = {.name = "Kinesis",
                        .scope = {.region = config.region, .service = "kinesis"},
                        .credentials = std::move(credentials)},
            .operation = "PutRecord"};
}

}  // namespace

KinesisPublisher::KinesisPublisher(const ports::ProviderContext& context,
                                   std::shared_ptr<const model::StoredDestination> destination, StreamConfig config)
    : Publisher(context, setup_of(std::move(destination), config)), config_(std::move(config)) {}

Result<KinesisPublisher::Prepared> KinesisPublisher::prepare(const model::Event& event, TimePoint attempt_time) const {
    const model::StringMap metadata = aws::metadata_of(event, destination(), attempt_time, settings());
    std::string key = partition_key(event, metadata);
    const std::string record =
        settings().kinesis_metadata_in_payload ? aws::envelope(event.data, metadata) : std::string(event.data.view());
    std::string body;
    JsonWriter writer(body);
    writer.begin_object();
    writer.member("StreamName", config_.stream_name);
    writer.member("PartitionKey", key);
    writer.member("Data", to_base64(record));
    writer.end_object();
    return Prepared{.request = json_request(config_.root, "Kinesis_20131202.PutRecord", "1.1", std::move(body)),
                    .name = std::move(key)};
}

std::string KinesisPublisher::partition_key(const model::Event& event, const model::StringMap& metadata) const {
    if (!config_.partition_key) return event.id.value;
    auto payload = aws::value_of_payload(event.data);
    if (!payload) return event.id.value;
    json::value root = *std::move(payload);
    if (settings().kinesis_metadata_in_payload)
        root = json::object{{"metadata", aws::to_object(metadata)}, {"data", std::move(root)}};
    auto key = config_.partition_key->text(std::move(root));
    if (!key || !*key) return event.id.value;
    return **std::move(key);
}

model::Outcome KinesisPublisher::outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const {
    const auto body = parse_json(answer.body);
    if (!body || !body->is_object()) return strange_answer("the answer is not one of Kinesis");
    const json::value* shard = body->get_object().if_contains("ShardId");
    const json::value* number = body->get_object().if_contains("SequenceNumber");
    if (shard == nullptr || number == nullptr || !shard->is_string() || !number->is_string())
        return strange_answer("the answer is not one of Kinesis");
    std::string data;
    JsonWriter writer(data);
    writer.begin_object();
    writer.member("shard_id", std::string_view(shard->get_string()));
    writer.member("sequence_number", std::string_view(number->get_string()));
    writer.member("partition_key", name);
    writer.end_object();
    return aws::success(std::move(data));
}

}  // namespace outpost::aws_kinesis
