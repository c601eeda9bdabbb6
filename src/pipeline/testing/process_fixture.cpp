#include "pipeline/testing/process_fixture.hpp"

namespace outpost::pipeline::testing {
namespace {

constexpr auto kDecideAgainAfter = std::chrono::seconds(1);

std::function<double()> jitter_of(std::size_t shard) {
    return [dice = ports::fakes::Dice(shard)]() mutable { return dice.fraction(); };
}

}  // namespace

Process::Part::Part(Process& process, const ProcessSettings& settings, ProviderMap providers, std::size_t shard)
    : views(process.ports_.tenants, settings.allow_wildcards),
      deliverer(settings.deliver, views, Publishers(std::move(providers)), process.ports_.ledger, process.ports_.clock,
                process.attempt_ids_, settings.random ? settings.random : jitter_of(shard)),
      dispatcher(settings.dispatch, deliverer, process.ports_.ledger, process.ports_.shards.executor(shard)),
      publish(views, process.ports_.ledger, process.ports_.log, process.ports_.clock, process.event_ids_) {}

Process::Process(ProcessPorts ports, ProcessSettings settings, std::vector<ProviderMap> providers)
    : ports_(ports),
      event_ids_(IdType::uuidv7, "evt_", ports.clock),
      attempt_ids_(IdType::uuidv7, "atm_", ports.clock) {
    std::vector<Dispatcher*> dispatchers;
    for (std::size_t shard = 0; shard < ports_.shards.size(); ++shard) {
        parts_.push_back(std::make_unique<Part>(*this, settings, std::move(providers[shard]), shard));
        dispatchers.push_back(&parts_[shard]->dispatcher);
    }
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        Part& part = *parts_[shard];
        part.redeliver.emplace(part.views, ports_.log, ports_.ledger, ports_.clock, ports_.shards, dispatchers);
        if (settings.subscribes_to_tenants) ports_.tenants.subscribe(shard, part.views);
        ports_.ledger.subscribe(shard, part.dispatcher);
    }
}

Task<Result<void>> Process::cancel(model::DeliveryKey key, Deadline deadline) {
    const std::size_t shard = ports_.shards.owner_of(key.destination.destination);
    co_return co_await on(ports_.shards.executor(shard), cancel_here(key, deadline));
}

Task<Result<void>> Process::cancel_here(model::DeliveryKey key, Deadline deadline) {
    const auto place = dispatcher_of(key.destination).request_cancel(key);
    while (true) {
        std::vector<ports::Decision> decisions;
        decisions.push_back(
            {.key = key, .kind = ports::DecisionKind::cancelled, .time = ports_.clock.now(), .reason = "requested"});
        const auto decided = co_await ports_.ledger.decide(std::move(decisions), deadline);
        if (decided) dispatcher_of(key.destination).drop_cancelled(key);
        if (decided || place == Dispatcher::Place::elsewhere) co_return decided;
        co_await ports_.clock.sleep_for(kDecideAgainAfter);
        deadline = Deadline::after(ports_.clock, kDecideAgainAfter);
    }
}

Task<void> Process::stop(Deadline deadline) {
    for (auto& part : parts_) co_await part->dispatcher.stop(deadline, ports_.clock);
}

}  // namespace outpost::pipeline::testing
