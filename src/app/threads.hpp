// The program's threads: one a shard, and those where blocking work is allowed (design.md §5).
#pragma once

#include "backends/embedded/engine/engine.hpp"
#include "base/shards.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace outpost::app {

/// Started by the constructor; stop() ends and joins them.
class Threads {
public:
    explicit Threads(std::size_t shards);
    ~Threads();
    Threads(const Threads&) = delete;
    Threads& operator=(const Threads&) = delete;

    const Shards& shards() const { return *shards_; }
    embedded::EngineExecutors engine_executors() const;
    /// Lets queued work finish, then ends every thread.
    void stop();

private:
    struct Loop;
    Executor add(std::string name, int nice);

    std::vector<std::unique_ptr<Loop>> loops_;
    std::unique_ptr<Shards> shards_;
    embedded::EngineExecutors engine_;
};

}  // namespace outpost::app
