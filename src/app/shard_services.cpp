#include "app/shard_services.hpp"

#include "base/crypto.hpp"

#include <random>

namespace outpost::app {
namespace {

/// Draws from [0, 1) for jitter.
std::function<double()> make_random() {
    const std::string seed = random_bytes(sizeof(std::uint64_t));
    std::uint64_t number = 0;
    std::memcpy(&number, seed.data(), sizeof number);
    return [engine = std::mt19937_64(number)]() mutable {
        return std::uniform_real_distribution<double>(0.0, 1.0)(engine);
    };
}

pipeline::DeliverSettings deliver_settings(const Config& config) {
    return {.timeout = config.delivery_timeout,
            .retry = {.schedule = config.retry_schedule,
                      .interval = config.retry_interval,
                      .limit = config.retry_limit,
                      .jitter = config.retry_jitter}};
}

model::TopicRules topic_rules(const Config& config) {
    return {.configured = config.topics, .allow_wildcards = config.topics_allow_wildcards};
}

}  // namespace

ShardServices::ShardServices(const SharedServices& shared, std::size_t shard)
    : resolver_(shared.clock, shared.shards.executor(shard), {}),
      dialer_(resolver_, shared.egress, shared.tls, shared.clock, shared.shards.executor(shard)),
      client_(dialer_, shared.clock, shared.shards.executor(shard), {}),
      webhook_(client_, shared.egress, shared.webhook, shared.webhook_type, shared.clock),
      catalog_({&webhook_}),
      views_(shared.tenants, shared.config.topics_allow_wildcards),
      deliverer_(deliver_settings(shared.config), views_, pipeline::Publishers({{"webhook", &webhook_}}), shared.ledger,
                 shared.clock, shared.attempt_ids, make_random()),
      dispatcher_({.concurrency_max = shared.concurrency_max,
                   .concurrency_per_destination_max = shared.config.delivery_max_concurrency_per_destination},
                  deliverer_, shared.ledger, shared.shards.executor(shard)),
      publish_(views_, shared.ledger, shared.log, shared.clock, shared.event_ids),
      tenants_(shared.tenants, shared.clock),
      destinations_(
          shared.tenants, catalog_, shared.clock, shared.destination_ids,
          {.topics = topic_rules(shared.config), .per_tenant_max = shared.config.max_destinations_per_tenant}),
      inspect_(shared.log, shared.tenants),
      metrics_(shared.metrics, shared.clock) {
    shared.ledger.subscribe(shard, dispatcher_);
    shared.tenants.subscribe(shard, views_);
}

void ShardServices::finish(const SharedServices& shared, const std::vector<pipeline::Dispatcher*>& dispatchers) {
    redeliver_.emplace(views_, shared.log, shared.ledger, shared.clock, shared.shards, dispatchers);
    api_.emplace(shared.api, api::ApiServices{.tenant_store = shared.tenants,
                                              .tenants = tenants_,
                                              .destinations = destinations_,
                                              .inspect = inspect_,
                                              .metrics = metrics_,
                                              .catalog = catalog_,
                                              .publish = api::publish_through(publish_),
                                              .retry = api::retry_through(*redeliver_),
                                              .readiness = shared.readiness,
                                              .clock = shared.clock});
}

Task<void> ShardServices::stop(Deadline deadline, Clock& clock) {
    co_await dispatcher_.stop(deadline, clock);
    co_await client_.stop();
    resolver_.close();
}

}  // namespace outpost::app
