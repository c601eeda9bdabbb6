// Owns running coroutines: starts, cancels and joins them, and logs what they throw. `asio::detached` is banned.
#pragma once

#include "base/shards.hpp"
#include "base/task.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <list>
#include <string>

namespace outpost {

/// All calls and all work on one executor. Must be joined (or empty) before it is destroyed.
class TaskGroup {
public:
    /// @param name  appears in the log when a task throws
    TaskGroup(Executor executor, std::string name);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `work`. An exception other than a cancellation is logged as an error and ends only that task.
    void start(Task<void> work);
    /// Asks every running task to end (terminal cancellation).
    void cancel();
    /// Returns when no task runs any more.
    Task<void> join();
    std::size_t size() const { return running_.size(); }

private:
    struct Running {
        boost::asio::cancellation_signal cancel;
        bool ended = false;
    };
    Executor executor_;
    std::string name_;
    std::list<std::shared_ptr<Running>> running_;  // shared: cancel() walks over tasks that end meanwhile
    std::vector<std::move_only_function<void()>> joiners_;
};

}  // namespace outpost
