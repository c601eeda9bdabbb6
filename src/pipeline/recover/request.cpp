#include "pipeline/recover/request.hpp"

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace outpost::pipeline {
namespace {

constexpr std::pair<RecoverMode, std::string_view> kModes[] = {{RecoverMode::failed, "failed"},
                                                               {RecoverMode::never_succeeded, "never_succeeded"},
                                                               {RecoverMode::missing, "missing"},
                                                               {RecoverMode::listed, "listed"}};

void write_strings(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    out.key(name);
    out.begin_array();
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

/// What reading by Boost.JSON throws when a member is missing or of another kind.
template <class Read>
auto guarded(Read read) -> Result<decltype(read())> {
    try {
        return read();
    } catch (const std::exception& error) {
        return fail(Errc::corrupt, std::string("a task's parameters are damaged: ") + error.what());
    }
}

std::string text_of(const json::object& object, std::string_view name) {
    const json::value* found = object.if_contains(name);
    return found == nullptr ? std::string() : std::string(found->as_string());
}

std::vector<std::string> texts_of(const json::object& object, std::string_view name) {
    std::vector<std::string> texts;
    const json::value* found = object.if_contains(name);
    if (found == nullptr) return texts;
    for (const json::value& text : found->as_array()) texts.emplace_back(text.as_string());
    return texts;
}

TimePoint time_of(const json::object& object, std::string_view name) {
    const auto time = parse_time_bound(text_of(object, name));
    if (!time) throw std::invalid_argument(time.error().text());
    return *time;
}

}  // namespace

std::string_view to_string(RecoverMode mode) {
    for (const auto& [named, name] : kModes) {
        if (named == mode) return name;
    }
    return "failed";
}

std::optional<RecoverMode> parse_recover_mode(std::string_view text) {
    for (const auto& [mode, name] : kModes) {
        if (name == text) return mode;
    }
    return std::nullopt;
}

std::string to_parameters(const RecoverRequest& request) {
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.member("mode", to_string(request.mode));
    if (!request.destination.empty()) out.member("destination_id", request.destination.value);
    out.member("since", request.since);
    out.member("until", request.until);
    write_strings(out, "topics", request.topics);
    write_strings(out, "codes", request.codes);
    if (request.mode == RecoverMode::listed) out.member("deliveries", request.listed.size());
    out.member("pace_per_second", request.pace_per_second);
    out.end_object();
    return text;
}

std::string to_work(const RecoverRequest& request) {
    if (request.listed.empty()) return {};
    std::string text;
    JsonWriter out(text);
    out.begin_array();
    for (const ListedDelivery& delivery : request.listed) {
        out.value(delivery.event.value);
        out.value(delivery.destination.value);
    }
    out.end_array();
    return text;
}

Result<RecoverRequest> read_request(std::string type, TenantId tenant, std::string_view parameters,
                                    std::string_view work) {
    TRY(const json::value shown, parse_json(parameters));
    const json::value listed = work.empty() ? json::value(json::array()) : parse_json(work).value_or(json::value());
    return guarded([&] {
        const json::object& object = shown.as_object();
        RecoverRequest request{.type = std::move(type),
                               .tenant = std::move(tenant),
                               .destination = DestinationId(text_of(object, "destination_id")),
                               .mode = parse_recover_mode(text_of(object, "mode")).value(),
                               .since = time_of(object, "since"),
                               .until = time_of(object, "until"),
                               .topics = texts_of(object, "topics"),
                               .codes = texts_of(object, "codes"),
                               .listed = {},
                               .pace_per_second = object.at("pace_per_second").to_number<unsigned>()};
        const json::array& ids = listed.as_array();
        for (std::size_t i = 0; i + 1 < ids.size(); i += 2) {
            request.listed.push_back(
                {EventId(std::string(ids[i].as_string())), DestinationId(std::string(ids[i + 1].as_string()))});
        }
        return request;
    });
}

}  // namespace outpost::pipeline
