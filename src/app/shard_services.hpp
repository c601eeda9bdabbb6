// Everything that lives on one shard, from the socket to the store (design.md §3, §5).
#pragma once

#include "api/api.hpp"
#include "app/config/config.hpp"
#include "destinations/webhook/provider.hpp"
#include "manage/catalog/catalog.hpp"
#include "manage/destinations/destinations.hpp"
#include "manage/inspect/inspect.hpp"
#include "manage/metrics/metrics.hpp"
#include "manage/tenants/tenants.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/resolver/resolver.hpp"
#include "pipeline/deliver/deliverer.hpp"
#include "pipeline/dispatch/dispatcher.hpp"
#include "pipeline/match/tenant_views.hpp"
#include "pipeline/publish/publish.hpp"
#include "pipeline/redeliver/redeliver.hpp"

#include <boost/asio/ssl/context.hpp>

namespace outpost::app {

/// What the shards have in common. Outlives them.
struct SharedServices {
    const Config& config;
    Clock& clock;
    const Shards& shards;
    ports::Ledger& ledger;
    ports::TenantStore& tenants;
    ports::LogReader& log;
    ports::MetricsReader& metrics;
    const egress::Policy& egress;
    boost::asio::ssl::context& tls;
    const webhook::WebhookSettings& webhook;
    const model::DestinationType& webhook_type;
    const IdGenerator& event_ids;
    const IdGenerator& destination_ids;
    const IdGenerator& attempt_ids;
    const api::Readiness& readiness;
    const api::ApiSettings& api;
    std::size_t concurrency_max = 512;  ///< of one shard
};

/// Built in order, top to bottom; members below use those above.
class ShardServices {
public:
    ShardServices(const SharedServices& shared, std::size_t shard);

    /// Once all shards have their dispatchers.
    void finish(const SharedServices& shared, const std::vector<pipeline::Dispatcher*>& dispatchers);
    /// Sends in flight end, or are cut off at the deadline; then connections close. On this shard.
    Task<void> stop(Deadline deadline, Clock& clock);

    pipeline::Dispatcher& dispatcher() { return dispatcher_; }
    api::Api& api() { return *api_; }

private:
    resolver::Resolver resolver_;
    net::Dialer dialer_;
    http::Client client_;
    webhook::WebhookProvider webhook_;
    manage::Catalog catalog_;
    pipeline::TenantViews views_;
    pipeline::Deliverer deliverer_;
    pipeline::Dispatcher dispatcher_;
    pipeline::Publish publish_;
    manage::Tenants tenants_;
    manage::Destinations destinations_;
    manage::Inspect inspect_;
    manage::Metrics metrics_;
    std::optional<pipeline::Redeliver> redeliver_;
    std::optional<api::Api> api_;
};

}  // namespace outpost::app
