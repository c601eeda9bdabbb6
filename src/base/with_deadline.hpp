// Bounds a wait: the work is cancelled when the deadline passes. Heavy header: include it in .cpp files only.
#pragma once

#include "base/deadline.hpp"
#include "base/task.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <exception>
#include <optional>

namespace outpost {

/// What `||` below must not see as a failure: it would wait for the alarm, and wrap a cancellation in an exception of
/// its own that nobody knows as one.
template <class T>
struct CaughtResult {
    std::optional<Result<T>> result;
    std::exception_ptr thrown;
};

template <class T>
Task<CaughtResult<T>> catch_everything(Task<Result<T>> work) {
    CaughtResult<T> caught;
    try {
        caught.result = co_await std::move(work);
    } catch (...) {
        caught.thrown = std::current_exception();
    }
    co_return caught;
}

/// The result of `work`, or Errc::timeout once `deadline` has passed; then the work has been cancelled and has ended.
/// What `work` throws comes through, a cancellation from outside included.
template <class T>
Task<Result<T>> with_deadline(Clock& clock, Deadline deadline, Task<Result<T>> work) {
    using namespace boost::asio::experimental::awaitable_operators;
    if (deadline.is_never()) co_return co_await std::move(work);
    Task<CaughtResult<T>> caught = catch_everything(std::move(work));
    Task<void> alarm = clock.sleep_until(deadline.at());
    auto first = co_await (std::move(caught) || std::move(alarm));
    if (first.index() == 1) co_return fail(Errc::timeout, "the deadline passed");
    CaughtResult<T> outcome = std::get<0>(std::move(first));
    if (outcome.thrown) std::rethrow_exception(outcome.thrown);
    co_return std::move(*outcome.result);
}

}  // namespace outpost
