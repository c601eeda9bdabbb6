#include "backends/embedded/control/tenant_reads.hpp"

#include "base/json_writer.hpp"
#include "model/topics.hpp"

namespace outpost::embedded {
namespace {

constexpr std::string_view kLive = "created_at IS NOT NULL AND deleted_at IS NULL";

std::string ids_to_json(const std::vector<TenantId>& ids) {
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    for (const TenantId& id : ids) json.value(id.value);
    json.end_array();
    return text;
}

}  // namespace

Result<ports::TenantRecord> TenantReads::complete(model::Tenant tenant, std::int64_t number) {
    TRY(Statement rows, control_.prepare("SELECT topics FROM destinations WHERE tenant = ? AND deleted_at IS NULL"));
    rows.bind(1, number);
    std::vector<std::vector<std::string>> topics;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) break;
        TRY(topics.emplace_back(), topics_from_json(rows.text(0)));
    }
    ports::TenantRecord record{.tenant = std::move(tenant), .destinations_count = topics.size(), .topics = {}};
    record.topics = model::union_of_topics(topics);
    return record;
}

Result<ports::TenantRecord> TenantReads::get_tenant(const TenantId& id) {
    TRY(Statement rows,
        control_.prepare(fmt::format("SELECT {} FROM tenants WHERE id = ? AND {}", kTenantColumns, kLive)));
    rows.bind(1, id.value);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::not_found, "tenant not found");
    TRY(model::Tenant tenant, read_tenant(rows));
    return complete(std::move(tenant), rows.integer(0));
}

Result<ports::TenantPage> TenantReads::list_tenants(const ports::TenantQuery& query) {
    const model::PageRequest& page = query.page;
    const bool backwards = page.before.has_value();
    const std::optional<model::Position>& from = backwards ? page.before : page.after;
    const bool ascending = (page.direction == model::Direction::ascending) != backwards;
    const std::string ids = query.ids.empty() ? "" : " AND id IN (SELECT value FROM json_each(?1))";
    const std::string position = from ? fmt::format(" AND (created_at, id) {} (?2, ?3)", ascending ? ">" : "<") : "";
    const std::string ids_text = ids_to_json(query.ids);
    ports::TenantPage result;

    TRY(Statement count, control_.prepare(fmt::format("SELECT count(*) FROM tenants WHERE {}{}", kLive, ids)));
    if (!query.ids.empty()) count.bind(1, ids_text);
    TRY_VOID(count.step());
    result.count = static_cast<std::size_t>(count.integer(0));

    TRY(Statement rows,
        control_.prepare(fmt::format("SELECT {0} FROM tenants WHERE {1}{2}{3} ORDER BY created_at {4}, id {4} LIMIT ?4",
                                     kTenantColumns, kLive, ids, position, ascending ? "ASC" : "DESC")));
    if (!query.ids.empty()) rows.bind(1, ids_text);
    if (from) rows.bind(2, unix_ms(from->time)).bind(3, from->id);
    rows.bind(4, static_cast<std::int64_t>(page.limit) + 1);
    bool more_rows = false;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) break;
        if (result.tenants.size() == page.limit) {
            more_rows = true;
            break;
        }
        TRY(model::Tenant tenant, read_tenant(rows));
        TRY(ports::TenantRecord record, complete(std::move(tenant), rows.integer(0)));
        result.tenants.push_back(std::move(record));
    }
    if (backwards) std::ranges::reverse(result.tenants);
    if (result.tenants.empty()) return result;
    const auto position_of = [](const ports::TenantRecord& record) {
        return model::Position{record.tenant.created_at, record.tenant.id.value};
    };
    if (backwards || more_rows) result.links.next = position_of(result.tenants.back());
    if ((backwards && more_rows) || (!backwards && from)) result.links.previous = position_of(result.tenants.front());
    return result;
}

Result<std::vector<model::StoredDestination>> TenantReads::destinations_of(std::int64_t number,
                                                                           const TenantId& tenant) {
    TRY(Statement rows, control_.prepare(fmt::format("SELECT {} FROM destinations d WHERE d.tenant = ? AND"
                                                     " d.deleted_at IS NULL ORDER BY d.created_at, d.id",
                                                     kDestinationColumns)));
    rows.bind(1, number);
    std::vector<model::StoredDestination> all;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return all;
        TRY(model::StoredDestination stored, read_destination(rows, tenant, sealer_));
        all.push_back(std::move(stored));
    }
}

Result<model::StoredDestination> TenantReads::get_destination(const TenantId& tenant, const DestinationId& id) {
    TRY(Statement rows, control_.prepare(fmt::format("SELECT {} FROM destinations d JOIN tenants t ON t.number ="
                                                     " d.tenant WHERE t.id = ? AND d.id = ? AND d.deleted_at IS NULL",
                                                     kDestinationColumns)));
    rows.bind(1, tenant.value).bind(2, id.value);
    TRY(const bool found, rows.step());
    if (!found) return fail(Errc::not_found, "destination not found");
    return read_destination(rows, tenant, sealer_);
}

Result<std::vector<model::StoredDestination>> TenantReads::list_destinations(const TenantId& tenant) {
    TRY(Statement rows, control_.prepare("SELECT number FROM tenants WHERE id = ?"));
    rows.bind(1, tenant.value);
    TRY(const bool found, rows.step());
    if (!found) return std::vector<model::StoredDestination>();
    return destinations_of(rows.integer(0), tenant);
}

Result<ports::TenantViewPtr> TenantReads::view(const TenantId& tenant) {
    TRY(Statement rows, control_.prepare(fmt::format("SELECT number, {} FROM tenants WHERE id = ?", kLive)));
    rows.bind(1, tenant.value);
    TRY(const bool found, rows.step());
    if (!found) return ports::TenantViewPtr();
    auto view = std::make_shared<ports::TenantView>();
    view->id = tenant;
    view->number = static_cast<std::uint32_t>(rows.integer(0));
    view->exists = rows.integer(1) != 0;
    if (!view->exists) return view;
    TRY(auto destinations, destinations_of(view->number, tenant));
    for (model::StoredDestination& stored : destinations) {
        view->destinations.push_back(std::make_shared<const model::StoredDestination>(std::move(stored)));
    }
    return view;
}

}  // namespace outpost::embedded
