#include "app/shard_services.hpp"

#include "base/crypto.hpp"
#include "pipeline/recover/task_runner.hpp"

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
                      .jitter = config.retry_jitter},
            .record_requests = config.record_requests};
}

using Providers = std::vector<std::unique_ptr<ports::DestinationProvider>>;

std::vector<ports::DestinationProvider*> in_order(const Providers& providers) {
    std::vector<ports::DestinationProvider*> pointers;
    for (const auto& provider : providers) pointers.push_back(provider.get());
    return pointers;
}

pipeline::ProviderMap by_type(const Providers& providers) {
    pipeline::ProviderMap map;
    for (const auto& provider : providers) map.emplace(provider->type().type, provider.get());
    return map;
}

model::TopicRules topic_rules(const Config& config) {
    return {.configured = config.topics, .allow_wildcards = config.topics_allow_wildcards};
}

}  // namespace

ShardServices::ShardServices(const SharedServices& shared, std::size_t shard)
    : resolver_(shared.clock, shared.shards.executor(shard), {}),
      dialer_(resolver_, shared.egress, shared.tls, shared.clock, shared.shards.executor(shard)),
      client_(dialer_, shared.clock, shared.shards.executor(shard), {}),
      providers_(
          destinations::make_providers({client_, shared.egress, shared.clock, shared.destinations, &shared.webhook})),
      catalog_(in_order(providers_)),
      views_(shared.tenants, shared.config.topics_allow_wildcards),
      deliverer_(deliver_settings(shared.config), views_, pipeline::Publishers(by_type(providers_)), shared.ledger,
                 shared.clock, shared.attempt_ids, make_random()),
      dispatcher_({.concurrency_max = shared.concurrency_max,
                   .concurrency_per_destination_max = shared.config.delivery_max_concurrency_per_destination},
                  deliverer_, shared.ledger, shared.clock, shared.shards.executor(shard)),
      publish_(views_, shared.ledger, shared.log, shared.clock, shared.event_ids),
      cancellations_(dispatcher_, shared.ledger, shared.clock, shared.shards.executor(shard)),
      test_sender_(deliverer_.publishers(), shared.clock, shared.config.delivery_timeout),
      health_(shared.tenants, shared.log, shared.destination_health, shared.clock,
              static_cast<std::uint32_t>(
                  shared.config.alert.failure_count.value.value_or(pipeline::kConsecutiveFailuresLimit))),
      tenants_(shared.tenants, shared.clock),
      destinations_(
          shared.tenants, catalog_, shared.clock, shared.destination_ids,
          {.topics = topic_rules(shared.config), .per_tenant_max = shared.config.max_destinations_per_tenant}),
      inspect_(shared.log, shared.tenants),
      metrics_(shared.metrics, shared.clock),
      filters_(shared.log, shared.tenants) {
    shared.ledger.subscribe(shard, dispatcher_);
    shared.tenants.subscribe(shard, views_);
}

void ShardServices::finish(const SharedServices& shared, const std::vector<pipeline::DeliveryOwner>& owners,
                           const std::vector<pipeline::TestSender*>& senders, pipeline::TaskRunner& runner) {
    redeliver_.emplace(views_, shared.log, shared.ledger, shared.clock, shared.shards, owners);
    cancel_.emplace(views_, shared.log, shared.shards, owners);
    test_delivery_.emplace(views_, topic_rules(shared.config), shared.clock, shared.event_ids, shared.shards, senders);
    pipeline::TaskNews news{.created = [&runner] { runner.wake(); },
                            .cancelled = [&runner](ports::TaskId id) { runner.cancelled(std::move(id)); }};
    recover_.emplace(views_, shared.log, shared.tasks, shared.clock, std::move(news));
    api_.emplace(shared.api, api::ApiServices{.tenant_store = shared.tenants,
                                              .tenants = tenants_,
                                              .destinations = destinations_,
                                              .inspect = inspect_,
                                              .metrics = metrics_,
                                              .filters = filters_,
                                              .health = health_,
                                              .recover = *recover_,
                                              .catalog = catalog_,
                                              .publish = api::publish_through(publish_),
                                              .retry = api::retry_through(*redeliver_),
                                              .cancel = api::cancel_through(*cancel_),
                                              .test = api::test_through(*test_delivery_),
                                              .readiness = shared.readiness,
                                              .clock = shared.clock,
                                              .rate_limiter = shared.rate_limiter});
}

Task<void> ShardServices::stop(Deadline deadline, Clock& clock) {
    co_await dispatcher_.stop(deadline, clock);
    co_await cancellations_.stop();
    co_await client_.stop();
    resolver_.close();
}

}  // namespace outpost::app
