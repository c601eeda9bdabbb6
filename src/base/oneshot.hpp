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
#include <utility>

namespace outpost {

/// Gives the answer; once. The waiting coroutine goes on on its own executor.
template <class T>
class Answer {
public:
    /// From any thread.
    void operator()(T value) { give_(Given::anywhere, std::move(value)); }
    /// Only on the executor of who waits, outside any coroutine: it goes on before this returns. Saves a hand-over.
    void here(T value) { give_(Given::here, std::move(value)); }

private:
    enum class Given { anywhere, here };
    template <class U, class Start>
    friend Task<U> await_answer(Start start);
    template <class Give>
    explicit Answer(std::in_place_t, Give give) : give_(std::move(give)) {}

    std::move_only_function<void(Given, T)> give_;
};

/// Suspends until the Answer handed to `start` is called, and returns what it was given.
/// Not cancellable: whoever holds the Answer must give it. `start` runs at once, on the caller's thread.
template <class T, class Start>
Task<T> await_answer(Start start) {
    using Signature = void(T);
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, Signature>(
        [](auto handler, Start begin) {
            using Given = typename Answer<T>::Given;
            auto executor = boost::asio::get_associated_executor(handler);
            begin(Answer<T>(std::in_place, [handler = std::move(handler), executor](Given given, T value) mutable {
                if (given == Given::here) return std::move(handler)(std::move(value));
                boost::asio::dispatch(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
                    std::move(handler)(std::move(value));
                });
            }));
        },
        boost::asio::use_awaitable, std::move(start));
}

}  // namespace outpost
