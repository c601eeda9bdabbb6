#include "destinations/aws_s3/publisher.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "destinations/aws/account.hpp"
#include "destinations/aws/message.hpp"
#include "destinations/aws/outcome.hpp"
#include "destinations/aws_s3/object_key.hpp"

namespace outpost::aws_s3 {
namespace {

aws::PublisherSetup setup_of(std::shared_ptr<const model::StoredDestination> destination, const BucketConfig& config) {
    aws::Credentials credentials = aws::credentials_of(destination->destination);
    return {.destination = std::move(destination),
            .service = {.name = "S3",
                        .scope = {.region = config.region, .service = "s3"},
                        .credentials = std::move(credentials)},
            .operation = "PutObject"};
}

std::string lower(std::string text) {
    for (char& letter : text) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter | 0x20);
    }
    return text;
}

}  // namespace

S3Publisher::S3Publisher(const ports::ProviderContext& context,
                         std::shared_ptr<const model::StoredDestination> destination, BucketConfig config)
    : Publisher(context, setup_of(std::move(destination), config)), config_(std::move(config)) {}

Result<S3Publisher::Prepared> S3Publisher::prepare(const model::Event& event, TimePoint attempt_time) const {
    const model::StringMap metadata = aws::metadata_of(event, destination(), attempt_time, settings());
    std::string key;
    if (config_.key) {
        TRY(key, templated_key(*config_.key, event, metadata));
    } else {
        key = default_key(event, metadata);
    }
    http::Url url = config_.root;
    url.target += aws::uri_encode(key, true);
    return Prepared{
        .request = {.method = "PUT", .url = std::move(url), .headers = headers(event, metadata), .body = event.data},
        .name = std::move(key)};
}

http::Headers S3Publisher::headers(const model::Event& event, const model::StringMap& metadata) const {
    http::Headers headers = {{"Content-Type", "application/json"},
                             {"User-Agent", settings().user_agent},
                             {"x-amz-storage-class", config_.storage_class},
                             {"x-amz-checksum-sha256", to_base64(sha256(event.data.view()))},
                             {"x-amz-sdk-checksum-algorithm", "SHA256"}};
    for (const auto& [key, value] : metadata) {
        const std::string name = "x-amz-meta-" + lower(key);  // S3 keeps names in lower case
        // Two spellings of one name would be one header with two values, and a signature over another request.
        if (http::is_token(name) && http::is_field_value(value) && !headers.find(name)) headers.add(name, value);
        else
            log::warn(
                "aws_s3.metadata_left_out",
                {{"event_id", event.id.value}, {"destination_id", destination().id.value}, {"metadata_key", key}});
    }
    return headers;
}

model::Outcome S3Publisher::outcome_of_answer(const http::ClientResponse& answer, const std::string& name) const {
    (void)answer;
    std::string data;
    JsonWriter writer(data);
    writer.begin_object();
    writer.member("bucket", config_.bucket);
    writer.member("key", name);
    writer.end_object();
    return aws::success(std::move(data));
}

}  // namespace outpost::aws_s3
