// One single-threaded executor a core: a connection, and everything about one destination, lives on one of them.
#pragma once

#include "base/task.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <vector>

namespace outpost {

using Executor = boost::asio::any_io_executor;

/// The executors of the program's shards (design.md §5). Built once in wiring; immutable afterwards, any thread.
/// In a simulation all of them share one thread.
class Shards {
public:
    explicit Shards(std::vector<Executor> executors) : executors_(std::move(executors)) {}

    std::size_t size() const { return executors_.size(); }
    const Executor& executor(std::size_t shard) const { return executors_[shard]; }
    /// The shard that owns whatever has this key.
    std::size_t owner_of(std::uint64_t key) const {
        return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15ull) >> 32) % executors_.size();
    }

private:
    std::vector<Executor> executors_;
};

/// Runs `work` on `executor` and returns here with its result. The parameters of `work` must be values.
template <class T>
Task<T> on(Executor executor, Task<T> work) {
    co_return co_await boost::asio::co_spawn(executor, std::move(work), boost::asio::use_awaitable);
}

}  // namespace outpost
