#include "pipeline/testing/stage_fixture.hpp"

namespace outpost::pipeline::testing {
namespace {

Task<bool> to_bool(Task<void> work) {
    co_await std::move(work);
    co_return true;
}

}  // namespace

Stage::Stage(std::size_t shards)
    : keep_running_(io_.get_executor()), shards_(std::vector<Executor>(shards, Executor(io_.get_executor()))) {}

void Stage::run() {
    while (io_.poll() > 0) {
    }
}

std::size_t Stage::run_some(std::size_t handlers) {
    std::size_t ran = 0;
    while (ran < handlers && io_.poll_one() > 0) ++ran;
    return ran;
}

void Stage::advance(MonotonicTime::duration by) {
    run();  // what is under way sets its timers first
    const MonotonicTime end = clock_.monotonic() + by;
    for (auto next = clock_.next_wake(); next && *next <= end; next = clock_.next_wake()) {
        // Also a wake that has passed is woken, by an advance of nothing.
        clock_.advance(std::max(*next - clock_.monotonic(), MonotonicTime::duration{}));
        run();
    }
    clock_.advance(end - clock_.monotonic());
    run();
}

bool Stage::until(const std::function<bool()>& condition, MonotonicTime::duration within) {
    run();
    const MonotonicTime end = clock_.monotonic() + within;
    while (!condition()) {
        const auto next = clock_.next_wake();
        if (!next || *next > end) return false;
        clock_.advance(std::max(*next - clock_.monotonic(), MonotonicTime::duration{}));
        run();
    }
    return true;
}

void Stage::await(Task<void> work, std::size_t shard) {
    await(to_bool(std::move(work)), shard);
}

}  // namespace outpost::pipeline::testing
