#include "manage/destinations/rules.hpp"

#include "base/json.hpp"
#include "manage/input/raw_object.hpp"
#include "model/filter.hpp"
#include "model/send_limits.hpp"

namespace outpost::manage {

Granted<std::vector<std::string>> parse_topics(std::string_view raw) {
    constexpr std::string_view kFormat = "validation failed: invalid topics format";
    const std::unexpected<Refusal> wrong_format = refuse(RefusalKind::invalid, std::string(kFormat));
    const auto value = parse_json(raw);
    if (!value) return refuse_json();  // lone surrogates can't be part of a topic (decision A3)
    if (const json::string* text = value->if_string(); text != nullptr && *text == "*")
        return std::vector<std::string>{"*"};
    const json::array* elements = value->if_array();
    if (elements == nullptr) return wrong_format;
    std::vector<std::string> topics;
    for (const json::value& element : *elements) {
        const json::string* topic = element.if_string();
        if (topic == nullptr) return wrong_format;
        topics.emplace_back(topic->data(), topic->size());
    }
    return topics;
}

Granted<std::vector<std::string>> accept_topics(std::vector<std::string> topics, const model::TopicRules& rules) {
    if (const auto checked = model::check_topics(topics, rules); !checked) {
        return refuse(RefusalKind::invalid, checked.error().text());
    }
    return model::normalise_topics(std::move(topics));
}

Granted<std::string> accept_filter(std::optional<std::string_view> raw) {
    if (!raw || kind_of(*raw) == JsonKind::null) return std::string();
    if (kind_of(*raw) != JsonKind::object) return refuse_json();
    const auto value = parse_json(*raw);
    if (!value) return refuse_json();
    if (value->get_object().empty()) return std::string();
    std::string text = to_canonical_json(*value);
    if (const auto compiled = model::Filter::compile(text); !compiled) {
        return refuse_fields({"filter is invalid: " + compiled.error().text()});
    }
    return text;
}

Granted<std::optional<TimePoint>> parse_time_member(std::optional<std::string_view> raw) {
    if (!raw || kind_of(*raw) == JsonKind::null) return std::optional<TimePoint>();
    const auto text = unquote(*raw);
    if (!text) return refuse(RefusalKind::invalid, "Time.UnmarshalJSON: input is not a JSON string");
    const auto time = parse_rfc3339(*text);
    if (!time) return refuse(RefusalKind::invalid, time.error().text());
    return std::optional(*time);
}

Granted<void> refuse_future(std::string_view name, std::optional<TimePoint> time, TimePoint now) {
    if (time && *time > now) return refuse(RefusalKind::invalid, fmt::format("{} cannot be in the future", name));
    return {};
}

Granted<const ports::DestinationProvider*> find_provider(const Catalog& catalog, std::string_view type) {
    if (const auto* provider = catalog.find(type)) return provider;
    return refuse(RefusalKind::invalid, fmt::format("no provider registered for destination type: {}", type));
}

Granted<void> validate(const ports::DestinationProvider& provider, const model::Destination& destination) {
    auto problems = model::check_fields(provider.type(), destination.config, destination.credentials);
    std::ranges::move(model::check_send_limits(destination.config), std::back_inserter(problems));  // of every type
    if (!problems.empty()) {
        std::vector<std::string> lines;
        for (const auto& [field, rule] : problems) lines.push_back(problem_line(field, rule));
        return refuse_fields(std::move(lines));
    }
    if (const auto valid = provider.validate(destination); !valid) {
        return std::unexpected(to_refusal(valid.error()));
    }
    return {};
}

}  // namespace outpost::manage
