#include "manage/destinations/patch.hpp"

#include "manage/input/string_map_input.hpp"

namespace outpost::manage {
namespace {

Granted<MapPatch> map_patch(const RawObject& members, std::string_view name) {
    auto patch = parse_map_patch(members.find(name));
    if (!patch) return refuse_json();
    return std::move(*patch);
}

Granted<void> apply_topics(const RawObject& members, model::Destination& destination, const model::TopicRules& rules) {
    const auto raw = members.find_present("topics");
    if (!raw) return {};
    TRY(auto topics, parse_topics(*raw));
    TRY(destination.topics, accept_topics(std::move(topics), rules));
    return {};
}

Granted<void> check_type(const RawObject& members, const model::Destination& stored) {
    const auto type = members.find_string("type");
    if (!type) return refuse_json();
    if (*type && !(*type)->empty() && **type != stored.type) {
        return refuse(RefusalKind::invalid, "type cannot be updated");
    }
    return {};
}

/// `null` enables, a timestamp disables from then on, absent changes nothing.
Granted<void> apply_disabled_at(const RawObject& members, model::Destination& destination, TimePoint now) {
    const auto raw = members.find("disabled_at");
    if (!raw) return {};
    auto time = parse_time_member(raw);
    if (!time) return refuse(RefusalKind::invalid, "invalid disabled_at: " + time.error().message);
    TRY_VOID(refuse_future("disabled_at", *time, now));
    destination.disabled_at = *time;
    return {};
}

}  // namespace

Granted<PatchRequest> PatchRequest::parse(std::string body) {
    PatchRequest request;
    request.body_ = std::make_shared<const std::string>(std::move(body));
    auto members = RawObject::parse(*request.body_);
    if (!members) return refuse_json();
    request.members_ = std::move(*members);
    return request;
}

Granted<model::Destination> apply_patch(const PatchRequest& patch, const model::Destination& stored, ports::Role role,
                                        TimePoint now, const Catalog& catalog, const DestinationRules& rules) {
    const RawObject& members = patch.members();
    model::Destination changed = stored;
    TRY_VOID(apply_topics(members, changed, rules.topics));
    TRY_VOID(check_type(members, stored));
    TRY(const MapPatch config, map_patch(members, "config"));
    TRY(const MapPatch credentials, map_patch(members, "credentials"));
    changed.config = patched(std::move(changed.config), config);
    changed.credentials = patched(std::move(changed.credentials), credentials);
    if (const auto filter = members.find("filter")) {
        TRY(changed.filter, accept_filter(filter));
    }
    TRY(const MapPatch delivery_metadata, map_patch(members, "delivery_metadata"));
    TRY(const MapPatch metadata, map_patch(members, "metadata"));
    changed.delivery_metadata = patched(std::move(changed.delivery_metadata), delivery_metadata);
    changed.metadata = patched(std::move(changed.metadata), metadata);
    TRY_VOID(apply_disabled_at(members, changed, now));

    TRY(const auto* provider, find_provider(catalog, changed.type));
    const ports::PreprocessContext context{role, now, &stored, values_set_by(credentials)};
    if (auto done = provider->preprocess(changed, context); !done) return std::unexpected(to_refusal(done.error()));
    if (config.changes_anything() || credentials.changes_anything()) {
        TRY_VOID(validate(*provider, changed));
    }
    changed.updated_at = now;
    return changed;
}

}  // namespace outpost::manage
