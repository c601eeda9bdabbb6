#include "backends/embedded/control/tenant_writes.hpp"

#include "base/json_writer.hpp"
#include "model/topics.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::embedded {
namespace {

std::string seal_map(const model::StringMap& map, std::uint32_t destination, std::string_view column,
                     const Sealer& sealer) {
    if (map.empty()) return {};
    return sealer.seal(map_to_json(map), seal_context(destination, column));
}

std::unexpected<Error> no_tenant() {
    return fail(Errc::not_found, "tenant not found");
}
std::unexpected<Error> no_destination() {
    return fail(Errc::not_found, "destination not found");
}

}  // namespace

Result<std::optional<TenantWrites::Live>> TenantWrites::find_tenant(const TenantId& id) {
    TRY(Statement rows,
        control_.prepare("SELECT number, created_at IS NOT NULL AND deleted_at IS NULL FROM tenants WHERE id = ?"));
    rows.bind(1, id.value);
    TRY(const bool found, rows.step());
    if (!found) return std::nullopt;
    return Live{static_cast<std::uint32_t>(rows.integer(0)), rows.integer(1) != 0};
}

Result<bool> TenantWrites::upsert_tenant(const TenantId& id, const model::StringMap& metadata, TimePoint now) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto known, find_tenant(id));
    const bool created = !known || !known->exists;
    TRY(Statement write,
        control_.prepare(created ? "INSERT INTO tenants (id, metadata, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)"
                                   " ON CONFLICT (id) DO UPDATE SET metadata = ?2, created_at = ?3, updated_at = ?3,"
                                   " deleted_at = NULL"
                                 : "UPDATE tenants SET metadata = ?2, updated_at = ?3 WHERE id = ?1"));
    const std::string text = map_to_json(metadata);
    write.bind(1, id.value).bind(2, text).bind(3, unix_ms(now));
    TRY_VOID(write.run());
    TRY_VOID(transaction.commit());
    return created;
}

Result<void> TenantWrites::delete_tenant(const TenantId& id, TimePoint now) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto known, find_tenant(id));
    if (!known || !known->exists) return no_tenant();
    TRY(Statement tenant, control_.prepare("UPDATE tenants SET deleted_at = ?2, metadata = '{}' WHERE number = ?1"));
    tenant.bind(1, known->number).bind(2, unix_ms(now));
    TRY_VOID(tenant.run());
    TRY(Statement destinations,
        control_.prepare("UPDATE destinations SET deleted_at = ?2, credentials = NULL, delivery_metadata = NULL,"
                         " version = version + 1 WHERE tenant = ?1 AND deleted_at IS NULL"));
    destinations.bind(1, known->number).bind(2, unix_ms(now));
    TRY_VOID(destinations.run());
    return transaction.commit();
}

Result<std::uint32_t> TenantWrites::number_of(const TenantId& id) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto known, find_tenant(id));
    if (known) return known->number;
    TRY(Statement write, control_.prepare("INSERT INTO tenants (id) VALUES (?)"));
    write.bind(1, id.value);
    TRY_VOID(write.run());
    const auto number = static_cast<std::uint32_t>(control_.last_insert_id());
    TRY_VOID(transaction.commit());
    return number;
}

Result<model::StoredDestination> TenantWrites::create_destination(const model::Destination& destination,
                                                                  std::size_t limit) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto tenant, find_tenant(destination.tenant_id));
    if (!tenant || !tenant->exists) return no_tenant();
    TRY(Statement earlier, control_.prepare("SELECT number, incarnation, deleted_at IS NULL, version FROM destinations"
                                            " WHERE tenant = ? AND id = ?"));
    earlier.bind(1, tenant->number).bind(2, destination.id.value);
    TRY(const bool known, earlier.step());
    if (known && earlier.integer(2) != 0) return fail(Errc::conflict, "destination already exists");
    TRY(Statement live, control_.prepare("SELECT count(*) FROM destinations WHERE tenant = ? AND deleted_at IS NULL"));
    live.bind(1, tenant->number);
    TRY_VOID(live.step());
    if (static_cast<std::size_t>(live.integer(0)) >= limit) {
        return fail(Errc::limited, "maximum number of destinations per tenant reached");
    }
    live.reset();
    model::StoredDestination stored{.destination = destination, .key = {}, .version = 1};
    stored.key.tenant = tenant->number;
    if (known) {
        stored.key.destination = static_cast<std::uint32_t>(earlier.integer(0));
        stored.key.incarnation = static_cast<std::uint32_t>(earlier.integer(1)) + 1;
        stored.version = static_cast<std::uint64_t>(earlier.integer(3)) + 1;
    } else {
        TRY(const auto highest, control_.query_integer("SELECT max(number) FROM destinations"));
        stored.key.destination = static_cast<std::uint32_t>(highest.value_or(0)) + 1;
        stored.key.incarnation = 1;
    }
    earlier.reset();
    TRY(const Subscription before, subscription_of(tenant->number));
    TRY_VOID(write_destination(destination, stored.key, stored.version, settings_.log_end()));
    TRY_VOID(tell_change(before, destination.tenant_id, stored.key, stored.version, destination.updated_at));
    TRY_VOID(transaction.commit());
    return stored;
}

Result<void> TenantWrites::write_destination(const model::Destination& destination, const model::DestinationKey& key,
                                             std::uint64_t version, const CounterStart& counter) {
    TRY(Statement write,
        control_.prepare("INSERT OR REPLACE INTO destinations (number, tenant, id, incarnation, version, type, topics,"
                         " filter, config, credentials, delivery_metadata, metadata, created_at, updated_at,"
                         " disabled_at, disabled_reason, counter_from, counter_since) VALUES "
                         "(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"));
    const std::string topics = topics_to_json(destination.topics);
    const std::string config = map_to_json(destination.config);
    const std::string credentials = seal_map(destination.credentials, key.destination, "credentials", sealer_);
    const std::string delivery = seal_map(destination.delivery_metadata, key.destination, "delivery_metadata", sealer_);
    const std::string metadata = map_to_json(destination.metadata);
    write.bind(1, key.destination)
        .bind(2, key.tenant)
        .bind(3, destination.id.value)
        .bind(4, key.incarnation)
        .bind(5, static_cast<std::int64_t>(version))
        .bind(6, destination.type)
        .bind(7, topics)
        .bind(8, destination.filter)
        .bind(9, config)
        .bind_blob(10, credentials)
        .bind_blob(11, delivery)
        .bind(12, metadata)
        .bind(13, unix_ms(destination.created_at))
        .bind(14, unix_ms(destination.updated_at))
        .bind(15, destination.disabled_at ? std::optional(unix_ms(*destination.disabled_at)) : std::nullopt)
        .bind(16, destination.disabled_at ? std::string_view(destination.disabled_reason) : std::string_view())
        .bind(17, counter.place)
        .bind(18, counter.time_ms);
    return write.run();
}

/// Moved by enable and by a change of config or credentials (decision C1); within the transaction that changes it.
Result<CounterStart> TenantWrites::counter_of(const model::Destination& changed, std::uint32_t number) {
    TRY(Statement row,
        control_.prepare(fmt::format("SELECT {}, d.counter_from, d.counter_since FROM destinations d WHERE"
                                     " d.number = ?",
                                     kDestinationColumns)));
    row.bind(1, number);
    TRY_VOID(row.step());
    const CounterStart from{.place = row.integer(16), .time_ms = row.integer(17)};
    TRY(const model::StoredDestination stored, read_destination(row, changed.tenant_id, sealer_));
    const model::Destination& before = stored.destination;
    const bool enabled = before.disabled_at && !changed.disabled_at;
    const bool rearmed = enabled || before.config != changed.config || before.credentials != changed.credentials;
    return rearmed ? settings_.log_end() : from;
}

Result<TenantWrites::Subscription> TenantWrites::subscription_of(std::uint32_t tenant) {
    Subscription subscription;
    if (!settings_.tell_subscriptions) return subscription;
    TRY(Statement rows, control_.prepare("SELECT topics FROM destinations WHERE tenant = ? AND deleted_at IS NULL"));
    rows.bind(1, tenant);
    std::vector<std::vector<std::string>> topics;
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) break;
        TRY(std::vector<std::string> one, topics_from_json(rows.text(0)));
        topics.push_back(std::move(one));
    }
    subscription.destinations = topics.size();
    subscription.topics = model::union_of_topics(topics);
    return subscription;
}

/// Part of the write's own transaction, so that it is told exactly when it was written (pipeline.md §12.1).
Result<void> TenantWrites::tell_change(const Subscription& before, const TenantId& tenant,
                                       const model::DestinationKey& key, std::uint64_t version, TimePoint now) {
    if (!settings_.tell_subscriptions) return {};
    TRY(const Subscription after, subscription_of(key.tenant));
    if (after == before) return {};
    const auto write_topics = [](JsonWriter& json, std::string_view name, const std::vector<std::string>& topics) {
        json.key(name);
        json.begin_array();
        for (const std::string& topic : topics) json.value(topic);
        json.end_array();
    };
    std::string data;
    JsonWriter json(data);
    json.begin_object();
    json.member("tenant_id", tenant.value);
    write_topics(json, "topics", after.topics);
    write_topics(json, "previous_topics", before.topics);
    json.member("destinations_count", after.destinations);
    json.member("previous_destinations_count", before.destinations);
    json.end_object();
    return OutboxRows(control_).add({.topic = std::string(ports::kTopicSubscription),
                                     .source = fmt::format("{}/{}", key.destination, version),
                                     .time_ms = unix_ms(now),
                                     .tenant = key.tenant,
                                     .destination = key.destination,
                                     .detail = std::move(data)});
}

Result<model::StoredDestination> TenantWrites::update_destination(const model::Destination& destination,
                                                                  std::uint64_t version) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto tenant, find_tenant(destination.tenant_id));
    if (!tenant || !tenant->exists) return no_destination();
    TRY(Statement known, control_.prepare("SELECT number, incarnation, version FROM destinations WHERE tenant = ? AND"
                                          " id = ? AND deleted_at IS NULL"));
    known.bind(1, tenant->number).bind(2, destination.id.value);
    TRY(const bool found, known.step());
    if (!found) return no_destination();
    if (static_cast<std::uint64_t>(known.integer(2)) != version) {
        return fail(Errc::conflict, "the destination was changed meanwhile");
    }
    model::StoredDestination stored{.destination = destination, .key = {}, .version = version + 1};
    stored.key = {.tenant = tenant->number,
                  .destination = static_cast<std::uint32_t>(known.integer(0)),
                  .incarnation = static_cast<std::uint32_t>(known.integer(1))};
    known.reset();
    TRY(const Subscription before, subscription_of(tenant->number));
    TRY(const CounterStart from, counter_of(destination, stored.key.destination));
    TRY_VOID(write_destination(destination, stored.key, stored.version, from));
    TRY_VOID(tell_change(before, destination.tenant_id, stored.key, stored.version, destination.updated_at));
    if (!destination.disabled_at) stored.destination.disabled_reason.clear();
    TRY_VOID(transaction.commit());
    return stored;
}

Result<void> TenantWrites::delete_destination(const TenantId& tenant_id, const DestinationId& id, TimePoint now) {
    TRY(Transaction transaction, Transaction::begin(control_));
    TRY(const auto tenant, find_tenant(tenant_id));
    if (!tenant || !tenant->exists) return no_destination();
    TRY(const Subscription before, subscription_of(tenant->number));
    TRY(Statement write, control_.prepare("UPDATE destinations SET deleted_at = ?3, credentials = NULL,"
                                          " delivery_metadata = NULL, version = version + 1 WHERE tenant = ?1 AND"
                                          " id = ?2 AND deleted_at IS NULL RETURNING number, incarnation, version"));
    write.bind(1, tenant->number).bind(2, id.value).bind(3, unix_ms(now));
    TRY(const bool found, write.step());
    if (!found) return no_destination();
    const model::DestinationKey key{.tenant = tenant->number,
                                    .destination = static_cast<std::uint32_t>(write.integer(0)),
                                    .incarnation = static_cast<std::uint32_t>(write.integer(1))};
    const auto version = static_cast<std::uint64_t>(write.integer(2));
    write.reset();
    TRY_VOID(tell_change(before, tenant_id, key, version, now));
    return transaction.commit();
}

}  // namespace outpost::embedded
