// Tenants and destinations as rows of control.db, and back.
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "base/seal.hpp"
#include "model/destination.hpp"
#include "model/tenant.hpp"

namespace outpost::embedded {

inline constexpr std::string_view kTenantColumns = "number, id, metadata, created_at, updated_at";
inline constexpr std::string_view kDestinationColumns =
    "d.number, d.tenant, d.id, d.incarnation, d.version, d.type, d.topics, d.filter, d.config, d.credentials,"
    " d.delivery_metadata, d.metadata, d.created_at, d.updated_at, d.disabled_at, d.disabled_reason";

/// Over kTenantColumns.
Result<model::Tenant> read_tenant(const Statement& row);
/// Over kDestinationColumns. Opens what is sealed. @return corrupt
Result<model::StoredDestination> read_destination(const Statement& row, const TenantId& tenant, const Sealer& sealer);

/// Maps as JSON text, and what binds a sealed map to its place.
std::string map_to_json(const model::StringMap& map);
Result<model::StringMap> map_from_json(std::string_view text);
std::string seal_context(std::uint32_t destination, std::string_view column);
std::string topics_to_json(const std::vector<std::string>& topics);
Result<std::vector<std::string>> topics_from_json(std::string_view text);

}  // namespace outpost::embedded
