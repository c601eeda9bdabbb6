#include "manage/destinations/creation.hpp"

#include "manage/input/raw_object.hpp"
#include "manage/input/string_map_input.hpp"

namespace outpost::manage {
namespace {

/// Reads the members of one body, remembering the first refusal, so that the list below stays a list.
class Reader {
public:
    explicit Reader(const RawObject& object) : object_(object) {}

    std::string text(std::string_view name) {
        auto value = object_.find_string(name);
        if (!value) note({RefusalKind::invalid, "invalid JSON", {}});
        return value ? std::move(*value).value_or("") : "";
    }
    model::StringMap map(std::string_view name) {
        const auto raw = object_.find_present(name);
        if (!raw) return {};
        auto values = parse_string_map(*raw);
        if (!values) note({RefusalKind::invalid, "invalid JSON", {}});
        return values ? std::move(*values) : model::StringMap{};
    }
    std::optional<TimePoint> time(std::string_view name) {
        const auto value = parse_time_member(object_.find(name));
        if (!value) note(value.error());
        return value ? *value : std::nullopt;
    }
    std::optional<std::string> object_text(std::string_view name) {
        const auto raw = object_.find_present(name);
        if (!raw) return std::nullopt;
        if (kind_of(*raw) != JsonKind::object) note({RefusalKind::invalid, "invalid JSON", {}});
        return std::string(*raw);
    }
    std::vector<std::string> topics(std::string_view name) {
        const auto raw = object_.find_present(name);
        if (!raw) return {};
        auto values = parse_topics(*raw);
        if (!values) note(values.error());
        return values ? std::move(*values) : std::vector<std::string>{};
    }
    const std::optional<Refusal>& refusal() const { return refusal_; }

private:
    void note(Refusal refusal) {
        if (!refusal_) refusal_ = std::move(refusal);
    }
    const RawObject& object_;
    std::optional<Refusal> refusal_;
};

Granted<void> check_times(const Creation& creation, const CreationContext& context) {
    if (context.role == ports::Role::tenant && (creation.created_at || creation.updated_at)) {
        return refuse(RefusalKind::denied, "created_at and updated_at can only be set with API key authentication");
    }
    if (auto checked = refuse_future("created_at", creation.created_at, context.now); !checked) return checked;
    if (auto checked = refuse_future("updated_at", creation.updated_at, context.now); !checked) return checked;
    return refuse_future("disabled_at", creation.disabled_at, context.now);
}

}  // namespace

Granted<Creation> parse_creation(std::string_view body) {
    const auto object = RawObject::parse(body);
    if (!object) return refuse_json();
    Reader read(*object);
    Creation creation;
    creation.id = DestinationId(read.text("id"));
    creation.type = read.text("type");
    creation.topics = read.topics("topics");
    creation.filter = read.object_text("filter");
    creation.config = read.map("config");
    creation.credentials = read.map("credentials");
    creation.delivery_metadata = read.map("delivery_metadata");
    creation.metadata = read.map("metadata");
    creation.created_at = read.time("created_at");
    creation.updated_at = read.time("updated_at");
    creation.disabled_at = read.time("disabled_at");
    if (read.refusal()) return std::unexpected(*read.refusal());
    std::vector<std::string> missing;
    if (creation.type.empty()) missing.push_back(problem_line("type", "required"));
    // An empty array is present; the topic rules refuse it later with their own text (api.md §19 case 54).
    if (!object->find_present("topics")) missing.push_back(problem_line("topics", "required"));
    if (!missing.empty()) return refuse_fields(std::move(missing));
    return creation;
}

Granted<model::Destination> build_destination(Creation creation, const CreationContext& context, const Catalog& catalog,
                                              const DestinationRules& rules) {
    TRY_VOID(check_times(creation, context));
    TRY(auto topics, accept_topics(std::move(creation.topics), rules.topics));
    TRY(std::string filter, accept_filter(creation.filter));
    TRY(const auto* provider, find_provider(catalog, creation.type));
    model::Destination destination;
    destination.id = std::move(creation.id);
    destination.tenant_id = context.tenant;
    destination.type = std::move(creation.type);
    destination.topics = std::move(topics);
    destination.filter = std::move(filter);
    destination.config = std::move(creation.config);
    destination.credentials = std::move(creation.credentials);
    destination.delivery_metadata = std::move(creation.delivery_metadata);
    destination.metadata = std::move(creation.metadata);
    destination.created_at = creation.created_at.value_or(context.now);
    destination.updated_at = creation.updated_at.value_or(destination.created_at);
    destination.disabled_at = creation.disabled_at;
    TRY_VOID(validate(*provider, destination));
    ports::PreprocessContext preprocess{context.role, context.now, nullptr, destination.credentials};
    if (auto done = provider->preprocess(destination, preprocess); !done) {
        return std::unexpected(to_refusal(done.error()));
    }
    return destination;
}

}  // namespace outpost::manage
