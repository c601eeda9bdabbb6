#include "backends/embedded/control/tenant_rows.hpp"

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace outpost::embedded {
namespace {

Result<model::StringMap> open_map(std::string_view sealed, std::uint32_t destination, std::string_view column,
                                  const Sealer& sealer) {
    if (sealed.empty()) return model::StringMap();
    TRY(const std::string plain, sealer.open(sealed, seal_context(destination, column)));
    return map_from_json(plain);
}

}  // namespace

std::string map_to_json(const model::StringMap& map) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    for (const auto& [key, value] : map) json.member(key, value);
    json.end_object();
    return text;
}

Result<model::StringMap> map_from_json(std::string_view text) {
    model::StringMap map;
    TRY(const json::value value, parse_json(text));
    if (!value.is_object()) return fail(Errc::corrupt, "a stored map is no object");
    for (const auto& member : value.get_object()) {
        if (!member.value().is_string()) return fail(Errc::corrupt, "a stored map holds something else than strings");
        map.emplace(member.key(), std::string_view(member.value().get_string()));
    }
    return map;
}

std::string seal_context(std::uint32_t destination, std::string_view column) {
    return fmt::format("destination {} {}", destination, column);
}

std::string topics_to_json(const std::vector<std::string>& topics) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    for (const std::string& topic : topics) json.value(topic);
    json.end_array();
    return text;
}

Result<std::vector<std::string>> topics_from_json(std::string_view text) {
    std::vector<std::string> topics;
    TRY(const json::value value, parse_json(text));
    if (!value.is_array()) return fail(Errc::corrupt, "stored topics are no array");
    for (const json::value& topic : value.get_array()) {
        if (!topic.is_string()) return fail(Errc::corrupt, "a stored topic is no string");
        topics.emplace_back(std::string_view(topic.get_string()));
    }
    return topics;
}

Result<model::Tenant> read_tenant(const Statement& row) {
    model::Tenant tenant;
    tenant.id = TenantId(row.text(1));
    TRY(tenant.metadata, map_from_json(row.text(2)));
    tenant.created_at = from_unix_ms(row.integer(3));
    tenant.updated_at = from_unix_ms(row.integer(4));
    return tenant;
}

Result<model::StoredDestination> read_destination(const Statement& row, const TenantId& tenant, const Sealer& sealer) {
    model::StoredDestination stored;
    stored.key = {.tenant = static_cast<std::uint32_t>(row.integer(1)),
                  .destination = static_cast<std::uint32_t>(row.integer(0)),
                  .incarnation = static_cast<std::uint32_t>(row.integer(3))};
    stored.version = static_cast<std::uint64_t>(row.integer(4));
    model::Destination& destination = stored.destination;
    destination.tenant_id = tenant;
    destination.id = DestinationId(row.text(2));
    destination.type = row.text(5);
    TRY(destination.topics, topics_from_json(row.text(6)));
    destination.filter = row.text(7);
    TRY(destination.config, map_from_json(row.text(8)));
    TRY(destination.credentials, open_map(row.text(9), stored.key.destination, "credentials", sealer));
    TRY(destination.delivery_metadata, open_map(row.text(10), stored.key.destination, "delivery_metadata", sealer));
    TRY(destination.metadata, map_from_json(row.text(11)));
    destination.created_at = from_unix_ms(row.integer(12));
    destination.updated_at = from_unix_ms(row.integer(13));
    if (const auto disabled = row.optional_integer(14)) destination.disabled_at = from_unix_ms(*disabled);
    destination.disabled_reason = row.text(15);
    return stored;
}

}  // namespace outpost::embedded
