// What a conformance suite needs of an implementation: the ports, a clock that stands still, and a way to wait.
#pragma once

#include "base/manual_clock.hpp"
#include "base/shards.hpp"
#include "ports/conformance/recording_sink.hpp"
#include "ports/conformance/recording_listener.hpp"
#include "ports/destination_health.hpp"
#include "ports/ledger.hpp"
#include "ports/log_reader.hpp"
#include "ports/metrics_reader.hpp"
#include "ports/task_store.hpp"
#include "ports/tenant_store.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <iosfwd>
#include <memory>
#include <optional>
#include <stdexcept>

namespace outpost::ports::conformance {

/// One implementation under test. A derived class builds it over clock() and shards(), subscribes sink(i) and
/// listener(i) for every shard, and tears it down in its destructor (stopping it and calling run() where coroutines
/// of it may still wait). All executors are one io_context, which the test's thread runs: nothing sleeps.
class Fixture {
public:
    explicit Fixture(std::size_t shards = 2);
    virtual ~Fixture() = default;
    Fixture(const Fixture&) = delete;
    Fixture& operator=(const Fixture&) = delete;

    // The implementation gives these. References stay good until restart().
    virtual Ledger& ledger() = 0;
    virtual LogReader& log() = 0;
    virtual TenantStore& tenants() = 0;
    /// Only for MetricsSuite.
    virtual MetricsReader& metrics() { throw std::logic_error("this fixture counts nothing"); }
    /// Only for DestinationHealthSuite.
    virtual DestinationHealth& destination_health() { throw std::logic_error("this fixture knows no backlogs"); }
    /// Only for TaskStoreSuite.
    virtual TaskStore& tasks() { throw std::logic_error("this fixture keeps no tasks"); }

    /// Whether restart() means anything.
    virtual bool is_durable() const { return false; }
    /// Ends the implementation without settling anything and starts a new one over what it had stored. Sinks and
    /// listeners are subscribed again. Overrides clear the sinks (forget_held()) between the two.
    virtual void restart();
    /// How long after a restart what was held is due again. Embedded: none.
    virtual Milliseconds recovery_time() const { return Milliseconds(0); }
    /// The idempotency window it is built with.
    virtual Milliseconds idempotency_window() const { return std::chrono::hours(1); }
    /// False when facts reach the log later (brokered, decision A8): then tests call flush_log() before they look.
    virtual bool reads_its_writes() const { return true; }
    virtual void flush_log() {}
    /// Returns when everything caused so far has had its effect: no handler is ready and no thread of the
    /// implementation has work. The default is right for implementations without threads; others also wait for theirs.
    /// (A claim that something does *not* happen is only as strong as this.)
    virtual void run();
    /// Whether other threads post to the executors, so that waiting may help.
    virtual bool has_threads() const { return false; }

    ManualClock& clock() { return clock_; }
    const Shards& shards() const { return shards_; }
    boost::asio::io_context& io() { return io_; }
    RecordingSink& sink(std::size_t shard) { return *sinks_[shard]; }
    RecordingSink& sink_of(const model::DestinationKey& destination) {
        return sink(shards_.owner_of(destination.destination));
    }
    RecordingListener& listener(std::size_t shard) { return *listeners_[shard]; }

    /// Runs the executors until `condition` holds. @return false when it can't come true any more, or did not within
    /// kWaitMax of real time
    bool run_until(const std::function<bool()>& condition);
    /// Moves the clock, then run().
    void advance(MonotonicTime::duration by);

    /// Runs a port call on a shard to its end. Throws, which fails the test, when it never ends.
    template <class T>
    T await(Task<T> work, std::size_t shard = 0) {
        return finish(start(std::move(work), shard));
    }
    /// Starts a call; several may overlap.
    template <class T>
    std::shared_ptr<std::optional<T>> start(Task<T> work, std::size_t shard = 0);
    template <class T>
    T finish(std::shared_ptr<std::optional<T>> started) {
        if (!run_until([&] { return started->has_value(); })) throw std::runtime_error("a port call never ended");
        return *std::move(*started);
    }

protected:
    /// For restart(): the sinks drop what they hold, as a process that ended.
    void forget_held();
    void subscribe_sinks(Ledger& ledger);
    void subscribe_listeners(TenantStore& store);

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running_;
    ManualClock clock_;
    Shards shards_;
    std::vector<std::unique_ptr<RecordingSink>> sinks_;
    std::vector<std::unique_ptr<RecordingListener>> listeners_;
};

inline constexpr auto kWaitMax = std::chrono::seconds(20);

template <class T>
std::shared_ptr<std::optional<T>> Fixture::start(Task<T> work, std::size_t shard) {
    auto result = std::make_shared<std::optional<T>>();  // shared: the call may end after the test gave up on it
    boost::asio::co_spawn(shards_.executor(shard), std::move(work),
                          [result](const std::exception_ptr& thrown, T value) {
                              if (thrown) std::rethrow_exception(thrown);
                              result->emplace(std::move(value));
                          });
    return result;
}

/// How a suite is told which implementation to run over.
struct FixtureKind {
    std::string name;  ///< letters and digits: it becomes part of the test's name
    std::unique_ptr<Fixture> (*make)() = nullptr;
};
std::ostream& operator<<(std::ostream& out, const FixtureKind& kind);

/// The name generator for INSTANTIATE_TEST_SUITE_P.
struct FixtureName {
    template <class Info>
    std::string operator()(const Info& info) const {
        return info.param.name;
    }
};

}  // namespace outpost::ports::conformance
