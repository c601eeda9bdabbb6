#include "destinations/aws_eventbridge/publisher.hpp"

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "base/utf8.hpp"
#include "destinations/aws/account.hpp"
#include "destinations/aws/message.hpp"
#include "destinations/aws/outcome.hpp"

namespace outpost::aws_eventbridge {
namespace {

constexpr std::ptrdiff_t kDetailTypeCharactersMax = 128;
constexpr const char* kDefaultDetailType = "event";  // for events without a topic

aws::PublisherSetup setup_of(std::shared_ptr<const model::StoredDestination> destination, const BusConfig& config) {
    aws::Credentials credentials = aws::credentials_of(destination->destination);
    return {.destination = std::move(destination),
            .service = {.name = "EventBridge",
                        .scope = {.region = config.region, .service = "events"},
                        .credentials = std::move(credentials)},
            .operation = "PutEvents"};
}

std::ptrdiff_t characters(std::string_view text) {
    return std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

std::string text_member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return to_utf8(std::string_view(value->get_string()).substr(0, aws::kErrorTextBytesMax));
}

/// The one entry of an answer.
const json::object* entry_of(const json::value& body) {
    const auto* object = body.if_object();
    const json::value* entries = object == nullptr ? nullptr : object->if_contains("Entries");
    const auto* array = entries == nullptr ? nullptr : entries->if_array();
    return array == nullptr || array->size() != 1 ? nullptr : array->front().if_object();
}

model::Outcome refused(const std::string& code, const std::string& message) {
    model::Outcome outcome{.code = "ERR"};
    JsonWriter writer(outcome.response_data);
    writer.begin_object();
    writer.member("error", fmt::format("{}: {}", code, message));
    writer.member("error_code", code);
    writer.end_object();
    return outcome;
}

}  // namespace

EventBridgePublisher::EventBridgePublisher(const ports::ProviderContext& context,
                                           std::shared_ptr<const model::StoredDestination> destination,
                                           BusConfig config)
    : Publisher(context, setup_of(std::move(destination), config)), config_(std::move(config)) {}

Result<EventBridgePublisher::Prepared> EventBridgePublisher::prepare(const model::Event& event,
                                                                     TimePoint attempt_time) const {
    if (characters(event.topic) > kDetailTypeCharactersMax)
        return fail(Errc::invalid, "the topic is too long for a detail type");
    std::string body;
    JsonWriter writer(body);
    writer.begin_object();
    writer.key("Entries");
    writer.begin_array();
    writer.begin_object();
    writer.member("Source", settings().eventbridge_source);
    writer.member("DetailType", event.topic.empty() ? kDefaultDetailType : std::string_view(event.topic));
    writer.member("Detail",
                  aws::envelope(event.data, aws::metadata_of(event, destination(), attempt_time, settings())));
    if (!config_.bus.empty()) writer.member("EventBusName", config_.bus);
    writer.member("Time", unix_seconds(event.time));
    writer.end_object();
    writer.end_array();
    writer.end_object();
    return Prepared{.request = json_request(config_.root, "AWSEvents.PutEvents", "1.1", std::move(body)), .name = {}};
}

model::Outcome EventBridgePublisher::outcome_of_answer(const http::ClientResponse& answer,
                                                       const std::string& name) const {
    (void)name;
    const auto body = parse_json(answer.body);
    const json::object* entry = body ? entry_of(*body) : nullptr;
    if (entry == nullptr) return strange_answer("the answer is not one of EventBridge");
    const std::string event_id = text_member(*entry, "EventId");
    const std::string code = text_member(*entry, "ErrorCode");
    if (!code.empty()) return refused(code, text_member(*entry, "ErrorMessage"));
    if (event_id.empty()) return strange_answer("the answer is not one of EventBridge");
    std::string data;
    JsonWriter writer(data);
    writer.begin_object();
    writer.member("event_id", event_id);
    writer.end_object();
    return aws::success(std::move(data));
}

}  // namespace outpost::aws_eventbridge
