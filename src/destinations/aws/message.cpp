#include "destinations/aws/message.hpp"

#include "base/json.hpp"
#include "base/json_scan.hpp"
#include "base/json_writer.hpp"
#include "model/delivery_metadata.hpp"

namespace outpost::aws {

model::StringMap metadata_of(const model::Event& event, const model::Destination& destination, TimePoint attempt_time,
                             const ports::DestinationSettings& settings) {
    const bool milliseconds = settings.include_millisecond_timestamp;
    model::StringMap metadata = model::delivery_metadata(event, destination, attempt_time, milliseconds);
    for (auto& [key, value] : model::system_metadata(event, attempt_time, milliseconds)) {
        if (key != "topic") metadata[key] = value;
    }
    return metadata;
}

std::string to_json_object(const model::StringMap& metadata) {
    std::string text;
    JsonWriter writer(text);
    writer.begin_object();
    for (const auto& [key, value] : metadata) writer.member(key, value);
    writer.end_object();
    return text;
}

Result<json::value> value_of_payload(const Bytes& data) {
    return parse_json(replace_lone_surrogates(data.view()));
}

json::object to_object(const model::StringMap& map) {
    json::object object;
    for (const auto& [key, value] : map) object[key] = value;
    return object;
}

std::string envelope(const Bytes& data, const model::StringMap& metadata) {
    std::string text;
    JsonWriter writer(text);
    writer.begin_object();
    writer.raw_member("data", data.view());
    writer.raw_member("metadata", to_json_object(metadata));
    writer.end_object();
    return text;
}

}  // namespace outpost::aws
