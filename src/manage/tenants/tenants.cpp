#include "manage/tenants/tenants.hpp"

#include "base/log.hpp"
#include "manage/input/raw_object.hpp"
#include "manage/input/string_map_input.hpp"

namespace outpost::manage {
namespace {

constexpr std::string_view kNotFound = "tenant not found";

}  // namespace

Granted<model::StringMap> parse_tenant_body(std::string_view body) {
    if (body.empty()) return model::StringMap{};
    const auto object = RawObject::parse(body);
    if (!object) return refuse_json();
    const auto raw = object->find_present("metadata");
    if (!raw) return model::StringMap{};
    auto metadata = parse_string_map(*raw);
    if (!metadata) return refuse_json();
    return std::move(*metadata);
}

Task<Granted<ports::TenantUpsert>> Tenants::upsert(TenantId id, Bytes body, Deadline deadline) {
    auto metadata = parse_tenant_body(body.view());
    if (!metadata) co_return std::unexpected(std::move(metadata).error());
    auto written = co_await store_.upsert_tenant(id, std::move(*metadata), clock_.now(), deadline);
    if (!written) co_return std::unexpected(to_refusal(written.error(), kNotFound));
    log::info(written->created ? "tenant.created" : "tenant.updated", {{"tenant_id", id.value}});
    co_return std::move(*written);
}

Task<Granted<ports::TenantRecord>> Tenants::get(TenantId id, Deadline deadline) {
    auto record = co_await store_.get_tenant(std::move(id), deadline);
    if (!record) co_return std::unexpected(to_refusal(record.error(), kNotFound));
    co_return std::move(*record);
}

Task<Granted<void>> Tenants::remove(TenantId id, Deadline deadline) {
    const auto removed = co_await store_.delete_tenant(id, clock_.now(), deadline);
    if (!removed) co_return std::unexpected(to_refusal(removed.error(), kNotFound));
    log::info("tenant.deleted", {{"tenant_id", id.value}});
    co_return Granted<void>();
}

Task<Granted<ports::TenantPage>> Tenants::list(ports::TenantQuery query, Deadline deadline) {
    auto page = co_await store_.list_tenants(std::move(query), deadline);
    if (!page) co_return std::unexpected(to_refusal(page.error(), kNotFound));
    co_return std::move(*page);
}

}  // namespace outpost::manage
