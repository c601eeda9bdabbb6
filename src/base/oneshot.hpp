// Waits for an answer that another thread, or a later callback, gives exactly once. Heavy header: .cpp files only.
#pragma once

#include "base/task.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <functional>
#include <memory>

namespace outpost {

/// Gives the answer; callable once, on any thread. The waiting coroutine goes on on its own executor.
template <class T>
using Answer = std::move_only_function<void(T)>;

/// Suspends until the Answer handed to `start` is called, and returns what it was given.
/// Not cancellable: whoever holds the Answer must give it. `start` runs at once, on the caller's thread.
template <class T, class Start>
Task<T> await_answer(Start start) {
    using Signature = void(T);
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, Signature>(
        [](auto handler, Start begin) {
            auto executor = boost::asio::get_associated_executor(handler);
            begin(Answer<T>([handler = std::move(handler), executor](T value) mutable {
                boost::asio::dispatch(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
                    std::move(handler)(std::move(value));
                });
            }));
        },
        boost::asio::use_awaitable, std::move(start));
}

}  // namespace outpost
