#include "app/background_tasks.hpp"

#include "app/shard_services.hpp"

namespace outpost::app {

BackgroundTasks::BackgroundTasks(const SharedServices& shared, pipeline::TenantViews& views,
                                 std::vector<pipeline::DeliveryOwner> owners)
    : scanner_(views, shared.log, shared.clock),
      redeliver_(views, shared.log, shared.ledger, shared.clock, shared.shards, std::move(owners)),
      runner_({.scanner = scanner_,
               .redeliver = redeliver_,
               .tasks = shared.tasks,
               .backlogs = shared.destination_health,
               .clock = shared.clock},
              shared.shards.executor(0)) {}

}  // namespace outpost::app
