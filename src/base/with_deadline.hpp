// Bounds a wait: the work is cancelled when the deadline passes. Heavy header: include it in .cpp files only.
#pragma once

#include "base/deadline.hpp"
#include "base/task.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace outpost {

/// The result of `work`, or Errc::timeout once `deadline` has passed; then the work has been cancelled and has ended.
template <class T>
Task<Result<T>> with_deadline(Clock& clock, Deadline deadline, Task<Result<T>> work) {
    using namespace boost::asio::experimental::awaitable_operators;
    if (deadline.is_never()) co_return co_await std::move(work);
    Task<void> alarm = clock.sleep_until(deadline.at());
    auto first = co_await (std::move(work) || std::move(alarm));
    if (first.index() == 1) co_return fail(Errc::timeout, "the deadline passed");
    co_return std::get<0>(std::move(first));
}

}  // namespace outpost
