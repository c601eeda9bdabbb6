// Runs a plain function on another executor and comes back with its result. Heavy header: .cpp only.
#pragma once

#include "base/oneshot.hpp"
#include "base/result.hpp"
#include "base/shards.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace outpost::embedded {

/// What `work()` throws, as when there is no memory, becomes an error: whoever waits must get an answer (T-09).
template <class T, class Work>
Result<T> guarded(Work& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        return fail(Errc::internal, error.what());
    }
}

template <class T, class Work>
Task<Result<T>> hop(Executor executor, Work work) {
    Executor origin = co_await boost::asio::this_coro::executor;
    auto start = [&executor, &work, &origin](Answer<Result<T>> answer) {
        auto there = [origin, work = std::move(work), answer = std::move(answer)]() mutable {
            // Posted, so that whatever `work` posted to the same executor comes first.
            auto back = [answer = std::move(answer), result = guarded<T>(work)]() mutable {
                answer.here(std::move(result));
            };
            boost::asio::post(origin, std::move(back));
        };
        boost::asio::post(executor, std::move(there));
    };
    co_return co_await await_answer<Result<T>>(start);
}

}  // namespace outpost::embedded
