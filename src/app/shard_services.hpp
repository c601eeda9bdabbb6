// Everything that lives on one shard, from the socket to the store (design.md §3, §5).
#pragma once

#include "api/api.hpp"
#include "app/config/config.hpp"
#include "destinations/catalog.hpp"
#include "destinations/webhook/config.hpp"
#include "manage/catalog/catalog.hpp"
#include "manage/destinations/destinations.hpp"
#include "manage/filters/filter_tests.hpp"
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
#include "pipeline/recover/recover_desk.hpp"
#include "pipeline/redeliver/cancel.hpp"
#include "pipeline/redeliver/redeliver.hpp"
#include "pipeline/test_delivery/test_delivery.hpp"
#include "pipeline/watch/health.hpp"

#include <boost/asio/ssl/context.hpp>

namespace outpost::pipeline {
class TaskRunner;
}
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
    ports::DestinationHealth& destination_health;
    ports::TaskStore& tasks;
    const egress::Policy& egress;
    boost::asio::ssl::context& tls;
    const ports::DestinationSettings& destinations;
    const webhook::WebhookSettings& webhook;
    const IdGenerator& event_ids;
    const IdGenerator& destination_ids;
    const IdGenerator& attempt_ids;
    const api::Readiness& readiness;
    const api::ApiSettings& api;
    api::RateLimiter* rate_limiter = nullptr;
    std::size_t concurrency_max = 512;  ///< of one shard
};

/// Built in order, top to bottom; members below use those above.
class ShardServices {
public:
    ShardServices(const SharedServices& shared, std::size_t shard);

    /// What requests about this shard's destinations talk to, from any shard.
    pipeline::DeliveryOwner owner() { return {&dispatcher_, &cancellations_}; }
    pipeline::TestSender& test_sender() { return test_sender_; }
    pipeline::TenantViews& views() { return views_; }
    const manage::Catalog& catalog() const { return catalog_; }
    /// Once all shards have theirs. @param owners, senders  one a shard. @param runner  of the process
    void finish(const SharedServices& shared, const std::vector<pipeline::DeliveryOwner>& owners,
                const std::vector<pipeline::TestSender*>& senders, pipeline::TaskRunner& runner);
    /// Sends in flight end, or are cut off at the deadline; then connections close. On this shard.
    Task<void> stop(Deadline deadline, Clock& clock);

    api::Api& api() { return *api_; }

private:
    resolver::Resolver resolver_;
    net::Dialer dialer_;
    http::Client client_;
    std::vector<std::unique_ptr<ports::DestinationProvider>> providers_;
    manage::Catalog catalog_;
    pipeline::TenantViews views_;
    pipeline::Deliverer deliverer_;
    pipeline::Dispatcher dispatcher_;
    pipeline::Publish publish_;
    pipeline::Cancellations cancellations_;
    pipeline::TestSender test_sender_;
    pipeline::Health health_;
    manage::Tenants tenants_;
    manage::Destinations destinations_;
    manage::Inspect inspect_;
    manage::Metrics metrics_;
    manage::FilterTests filters_;
    std::optional<pipeline::Redeliver> redeliver_;
    std::optional<pipeline::Cancel> cancel_;
    std::optional<pipeline::TestDelivery> test_delivery_;
    std::optional<pipeline::RecoverDesk> recover_;
    std::optional<api::Api> api_;
};

}  // namespace outpost::app
