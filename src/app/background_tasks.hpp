// What runs in the background for the whole process, on the first shard (portal.md §15a N4).
#pragma once

#include "pipeline/recover/task_runner.hpp"
#include "pipeline/redeliver/redeliver.hpp"

namespace outpost::app {

struct SharedServices;

/// Outlived by the shards' services.
class BackgroundTasks {
public:
    /// @param views  of the first shard. @param owners  one a shard
    BackgroundTasks(const SharedServices& shared, pipeline::TenantViews& views,
                    std::vector<pipeline::DeliveryOwner> owners);

    pipeline::TaskRunner& runner() { return runner_; }

private:
    pipeline::Scanner scanner_;
    pipeline::Redeliver redeliver_;
    pipeline::TaskRunner runner_;
};

}  // namespace outpost::app
