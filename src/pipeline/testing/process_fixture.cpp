#include "pipeline/testing/process_fixture.hpp"

namespace outpost::pipeline::testing {
namespace {

std::function<double()> jitter_of(std::size_t shard) {
    return [dice = ports::fakes::Dice(shard)]() mutable { return dice.fraction(); };
}

}  // namespace

Process::Part::Part(Process& process, const ProcessSettings& settings, ProviderMap providers, std::size_t shard)
    : views(process.ports_.tenants, settings.allow_wildcards),
      deliverer(settings.deliver, views, Publishers(std::move(providers)), process.ports_.ledger, process.ports_.clock,
                process.attempt_ids_, settings.random ? settings.random : jitter_of(shard)),
      dispatcher(settings.dispatch, deliverer, process.ports_.ledger, process.ports_.clock,
                 process.ports_.shards.executor(shard)),
      publish(views, process.ports_.ledger, process.ports_.log, process.ports_.clock, process.event_ids_),
      cancellations(dispatcher, process.ports_.ledger, process.ports_.clock, process.ports_.shards.executor(shard)) {}

Process::Process(ProcessPorts ports, ProcessSettings settings, std::vector<ProviderMap> providers)
    : ports_(ports),
      event_ids_(IdType::uuidv7, "evt_", ports.clock),
      attempt_ids_(IdType::uuidv7, "atm_", ports.clock) {
    std::vector<DeliveryOwner> owners;
    for (std::size_t shard = 0; shard < ports_.shards.size(); ++shard) {
        parts_.push_back(std::make_unique<Part>(*this, settings, std::move(providers[shard]), shard));
        owners.push_back({&parts_[shard]->dispatcher, &parts_[shard]->cancellations});
    }
    for (std::size_t shard = 0; shard < parts_.size(); ++shard) {
        Part& part = *parts_[shard];
        part.redeliver.emplace(part.views, ports_.log, ports_.ledger, ports_.clock, ports_.shards, owners);
        part.cancel.emplace(part.views, ports_.log, ports_.shards, owners);
        if (settings.subscribes_to_tenants) ports_.tenants.subscribe(shard, part.views);
        ports_.ledger.subscribe(shard, part.dispatcher);
    }
}

Task<void> Process::stop(Deadline deadline) {
    for (auto& part : parts_) {
        co_await part->dispatcher.stop(deadline, ports_.clock);
        co_await part->cancellations.stop();
    }
}

}  // namespace outpost::pipeline::testing
