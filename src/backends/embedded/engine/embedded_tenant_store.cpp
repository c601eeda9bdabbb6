#include "backends/embedded/engine/engine_impl.hpp"

#include "backends/embedded/engine/hop.hpp"

namespace outpost::embedded {
namespace {

/// The TenantStore port: writes on the control thread, reads on the reader pool. Contract: ports/tenant_store.hpp.
class EmbeddedTenantStore final : public ports::TenantStore {
public:
    explicit EmbeddedTenantStore(Engine::Impl& engine) : engine_(engine) {
        engine_.announce = [this](const TenantId& tenant) { announce(tenant); };
    }

    Task<Result<ports::TenantRecord>> get_tenant(TenantId id, Deadline deadline) override {
        auto read = [id = std::move(id)](ReadSession& session) { return session.tenants().get_tenant(id); };
        return engine_.readers.run<ports::TenantRecord>(std::move(read), deadline);
    }

    Task<Result<ports::TenantUpsert>> upsert_tenant(TenantId id, model::StringMap metadata, TimePoint now,
                                                    Deadline deadline) override {
        auto write = [this, id, metadata = std::move(metadata), now] {
            return announced(id, engine_.writes->upsert_tenant(id, metadata, now));
        };
        CO_TRY(const bool created, co_await hop<bool>(engine_.executors.control, std::move(write)));
        CO_TRY(ports::TenantRecord record, co_await get_tenant(id, deadline));
        co_return ports::TenantUpsert{.record = std::move(record), .created = created};
    }

    Task<Result<void>> delete_tenant(TenantId id, TimePoint now, Deadline) override {
        auto write = [this, id, now] { return announced(id, engine_.writes->delete_tenant(id, now)); };
        return hop<void>(engine_.executors.control, std::move(write));
    }

    Task<Result<ports::TenantPage>> list_tenants(ports::TenantQuery query, Deadline deadline) override {
        auto read = [query = std::move(query)](ReadSession& session) { return session.tenants().list_tenants(query); };
        return engine_.readers.run<ports::TenantPage>(std::move(read), deadline);
    }

    Task<Result<model::StoredDestination>> get_destination(TenantId tenant, DestinationId id,
                                                           Deadline deadline) override {
        auto read = [tenant = std::move(tenant), id = std::move(id)](ReadSession& session) {
            return session.tenants().get_destination(tenant, id);
        };
        return engine_.readers.run<model::StoredDestination>(std::move(read), deadline);
    }

    Task<Result<std::vector<model::StoredDestination>>> list_destinations(TenantId tenant, Deadline deadline) override {
        auto read = [tenant = std::move(tenant)](ReadSession& session) {
            return session.tenants().list_destinations(tenant);
        };
        return engine_.readers.run<std::vector<model::StoredDestination>>(std::move(read), deadline);
    }

    Task<Result<model::StoredDestination>> create_destination(model::Destination destination, std::size_t limit,
                                                              Deadline) override {
        auto write = [this, destination = std::move(destination), limit] {
            return announced(destination.tenant_id, engine_.writes->create_destination(destination, limit));
        };
        return hop<model::StoredDestination>(engine_.executors.control, std::move(write));
    }

    Task<Result<model::StoredDestination>> update_destination(model::Destination destination, std::uint64_t version,
                                                              Deadline) override {
        auto write = [this, destination = std::move(destination), version] {
            return announced(destination.tenant_id, engine_.writes->update_destination(destination, version));
        };
        return hop<model::StoredDestination>(engine_.executors.control, std::move(write));
    }

    Task<Result<void>> delete_destination(TenantId tenant, DestinationId id, TimePoint now, Deadline) override {
        auto write = [this, tenant = std::move(tenant), id = std::move(id), now] {
            return announced(tenant, engine_.writes->delete_destination(tenant, id, now));
        };
        return hop<void>(engine_.executors.control, std::move(write));
    }

    Task<Result<ports::TenantViewPtr>> view(TenantId tenant, Deadline deadline) override {
        auto read = [tenant](ReadSession& session) { return session.tenants().view(tenant); };
        CO_TRY(ports::TenantViewPtr view, co_await engine_.readers.run<ports::TenantViewPtr>(read, deadline));
        if (view != nullptr) co_return view;
        // Events are stored for unknown tenants too, so this one gets its number now.
        auto number = [this, tenant] { return engine_.writes->number_of(tenant); };
        CO_TRY_VOID(co_await hop<std::uint32_t>(engine_.executors.control, number));
        co_return co_await engine_.readers.run<ports::TenantViewPtr>(read, deadline);
    }

    void subscribe(std::size_t shard, ports::TenantListener& listener) override {
        listeners_.push_back({shard, &listener});
    }

private:
    /// Tells every shard of a write before its caller gets the answer.
    template <class T>
    Result<T> announced(const TenantId& tenant, Result<T> result) {
        if (result) announce(tenant);
        return result;
    }
    void announce(const TenantId& tenant) {
        for (const auto& [shard, listener] : listeners_) {
            boost::asio::post(engine_.shards.executor(shard),
                              [target = listener, tenant] { target->tenant_changed(tenant); });
        }
        if (engine_.settings.watch.topics.contains(ports::kTopicSubscription)) engine_.tell_outbox();
    }

    Engine::Impl& engine_;
    struct Subscription {
        std::size_t shard;
        ports::TenantListener* listener;
    };
    std::vector<Subscription> listeners_;  // complete before the first write
};

}  // namespace

std::unique_ptr<ports::TenantStore> make_tenant_store(Engine::Impl& engine) {
    return std::make_unique<EmbeddedTenantStore>(engine);
}

}  // namespace outpost::embedded
