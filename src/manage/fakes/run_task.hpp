// Runs a coroutine to its end inside a plain test.
#pragma once

#include "base/result.hpp"
#include "base/task.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <optional>

namespace outpost::manage::fakes {

/// Returns as soon as `task` has; other work of the context goes on with the next call. Rethrows.
template <class T>
T run_task(boost::asio::io_context& context, Task<T> task) {
    std::optional<T> result;
    std::exception_ptr thrown;
    bool done = false;
    boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
        thrown = error;
        result = std::move(value);
        done = true;
    });
    context.restart();
    while (!done) ASSERT(context.run_one() > 0);
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*result);
}

}  // namespace outpost::manage::fakes
