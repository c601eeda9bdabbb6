#include "ports/conformance/fixture.hpp"

#include <ostream>

namespace outpost::ports::conformance {
namespace {

constexpr auto kPollInterval = std::chrono::milliseconds(2);  // of what does not post to the executors, as depth()

std::vector<Executor> executors_over(boost::asio::io_context& io, std::size_t shards) {
    return std::vector<Executor>(shards, Executor(io.get_executor()));
}

}  // namespace

Fixture::Fixture(std::size_t shards) : keep_running_(io_.get_executor()), shards_(executors_over(io_, shards)) {
    for (std::size_t shard = 0; shard < shards; ++shard) {
        sinks_.push_back(std::make_unique<RecordingSink>(shards_, shard));
        listeners_.push_back(std::make_unique<RecordingListener>());
    }
}

void Fixture::restart() {
    throw std::logic_error("this fixture can't restart: ask is_durable()");
}

void Fixture::run() {
    while (io_.poll() > 0) {
    }
}

bool Fixture::run_until(const std::function<bool()>& condition) {
    const auto give_up = SystemClock().monotonic() + kWaitMax;
    while (true) {
        const std::size_t handlers = io_.poll();
        if (condition()) return true;
        if (SystemClock().monotonic() >= give_up) return false;
        if (has_threads()) io_.run_one_for(kPollInterval);
        else if (handlers == 0) return false;
    }
}

void Fixture::advance(MonotonicTime::duration by) {
    run();  // what is under way sets its timers first
    clock_.advance(by);
    run();
}

void Fixture::forget_held() {
    for (auto& sink : sinks_) sink->forget_held();
}

void Fixture::subscribe_sinks(Ledger& ledger) {
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) ledger.subscribe(shard, *sinks_[shard]);
}

void Fixture::subscribe_listeners(TenantStore& store) {
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) store.subscribe(shard, *listeners_[shard]);
}

std::ostream& operator<<(std::ostream& out, const FixtureKind& kind) {
    return out << kind.name;
}

}  // namespace outpost::ports::conformance
