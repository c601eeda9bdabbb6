#include "destinations/aws_s3/object_key.hpp"

#include "base/json.hpp"
#include "destinations/aws/message.hpp"

namespace outpost::aws_s3 {
namespace {

/// The instant in every form a key may want, all texts. UTC.
json::object time_forms(TimePoint time) {
    const std::string seconds = to_rfc3339_seconds(time);  // 2006-01-02T15:04:05Z
    const auto part = [&](std::size_t at, std::size_t count) { return seconds.substr(at, count); };
    return {{"year", part(0, 4)},
            {"month", part(5, 2)},
            {"day", part(8, 2)},
            {"hour", part(11, 2)},
            {"minute", part(14, 2)},
            {"second", part(17, 2)},
            {"date", part(0, 10)},
            {"datetime", part(0, 19)},
            {"unix", std::to_string(unix_seconds(time))},
            {"rfc3339", seconds},
            {"rfc3339_nano", to_rfc3339(time)}};
}

}  // namespace

std::string default_key(const model::Event& event, const model::StringMap& metadata) {
    return fmt::format("{}_{}.json", to_rfc3339(event.time), metadata.at("event-id"));
}

Result<std::string> templated_key(const model::JmesPath& key, const model::Event& event,
                                  const model::StringMap& metadata) {
    TRY(json::value data, aws::value_of_payload(event.data));
    json::value root = json::object{
        {"data", std::move(data)}, {"metadata", aws::to_object(metadata)}, {"time", time_forms(event.time)}};
    TRY(auto text, key.text(std::move(root)));
    if (!text) return fail(Errc::invalid, "the key template finds nothing");
    return *std::move(text);
}

}  // namespace outpost::aws_s3
