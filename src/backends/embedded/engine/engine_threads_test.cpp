// The engine on real threads, as the program runs it: what is accepted on any shard is delivered once, numbered without
// gaps and readable, while segments of few rows roll and are sealed under it. Meant for the thread sanitizer too.
#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "base/task_group.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_future.hpp>

#include <future>
#include <set>
#include <thread>

namespace outpost::embedded {
namespace {

using namespace fakes;

constexpr std::size_t kShards = 2;
constexpr int kPublishers = 4;
constexpr int kBatches = 40;
constexpr int kBatch = 5;
constexpr std::uint32_t kDestinations = 6;
constexpr auto kPatience = std::chrono::seconds(120);

class Threads {
public:
    Executor add() {
        loops_.push_back(std::make_unique<Loop>());
        Loop& loop = *loops_.back();
        loop.thread = std::thread([&loop] { loop.context.run(); });
        return loop.context.get_executor();
    }
    ~Threads() {
        for (auto& loop : loops_) loop->guard.reset();
        for (auto& loop : loops_) loop->thread.join();
    }

private:
    struct Loop {
        boost::asio::io_context context{1};
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
        std::thread thread;
    };
    std::vector<std::unique_ptr<Loop>> loops_;
};

/// Fails each first attempt of some deliveries, then succeeds; takes few at a time.
class WorkingSink final : public ports::DeliverySink {
public:
    WorkingSink(ports::Ledger& ledger, Clock& clock, Executor executor, std::size_t expected)
        : ledger_(ledger), clock_(clock), tasks_(std::move(executor), "sink"), expected_(expected) {}

    bool offer(model::Delivery delivery) override {
        if (held_.contains(delivery.key)) ++wrong;
        if (held_.size() >= kRoom) {
            refused_.insert(delivery.key.destination);
            return false;
        }
        held_.insert(delivery.key);
        tasks_.start(work(std::move(delivery)));
        return true;
    }
    Task<void> close() { co_await tasks_.join(); }

    std::map<model::DeliveryKey, std::set<std::uint32_t>> numbers;
    std::size_t closed = 0;
    std::size_t wrong = 0;
    std::function<void()> on_all_closed;

private:
    static constexpr std::size_t kRoom = 8;

    Task<void> work(model::Delivery delivery) {
        const model::DeliveryKey key = delivery.key;
        const std::uint32_t number = delivery.attempts_settled + 1;
        const bool fails = number == 1 && key.event.row % 3 == 0;
        if (number == 1 && key.event.row % 7 == 3 && postponed_.insert(key).second) {  // trouble of our own
            held_.erase(key);
            ledger_.postpone(std::move(delivery), clock_.now() + Milliseconds(2));
            demand();
            co_return;
        }
        if (!numbers[key].insert(number).second) ++wrong;
        std::optional<TimePoint> again;
        if (fails) again = clock_.now() + Milliseconds(key.event.row % 5);
        auto settlement = make_settlement(
            key, delivery.event,
            fmt::format("{}-{}-{}-{}", key.event.segment, key.event.row, key.destination.destination, number), number,
            again);
        std::vector<ports::Settlement> batch(1, std::move(settlement));
        held_.erase(key);
        const auto settled = co_await ledger_.settle(std::move(batch), Deadline::never());
        if (!settled) ++wrong;
        if (!again && ++closed == expected_) on_all_closed();
        demand();
    }
    void demand() {
        for (const model::DestinationKey& destination : std::exchange(refused_, {})) ledger_.demand(destination);
    }

    ports::Ledger& ledger_;
    Clock& clock_;
    TaskGroup tasks_;
    std::size_t expected_;
    std::set<model::DeliveryKey> held_;
    std::set<model::DestinationKey> refused_;
    std::set<model::DeliveryKey> postponed_;
};

/// With true, retention takes every segment as soon as it is sealed: the events here are old.
class EngineThreadsTest : public testing::TestWithParam<bool> {
protected:
    template <class T>
    T on_shard(std::size_t shard, Task<T> work) {
        auto future = boost::asio::co_spawn(shards.executor(shard), std::move(work), boost::asio::use_future);
        if (future.wait_for(kPatience) != std::future_status::ready) throw std::runtime_error("it hangs");
        return future.get();
    }
    std::unique_ptr<Engine> open() {
        EngineSettings settings{.directory = folder / "data", .segment_rows_max = 64};
        if (!GetParam()) settings.retention_age.reset();
        auto opened = Engine::open(std::move(settings), sealer, shards, executors, clock);
        if (!opened) throw std::runtime_error(opened.error().describe());
        return std::move(*opened);
    }

    static Task<bool> publish(ports::Ledger* ledger, int publisher) {
        for (int batch_number = 0; batch_number < kBatches; ++batch_number) {
            std::vector<ports::Acceptance> batch;
            for (int i = 0; i < kBatch; ++i) {
                const std::string id = fmt::format("e{}-{}-{}", publisher, batch_number, i);
                std::vector<std::uint32_t> to;
                for (std::uint32_t number = 1; number <= kDestinations; ++number) to.push_back(number);
                batch.push_back(make_acceptance({.id = id}, to, true));
            }
            const auto accepted = co_await ledger->accept(std::move(batch), Deadline::never());
            if (!accepted || accepted->size() != kBatch) co_return false;
        }
        co_return true;
    }
    /// Reads while everything moves: the number of events never falls, unless they are removed, and no read fails.
    static Task<bool> read(ports::LogReader* log, ports::TenantStore* tenants, Clock* clock, int rounds, bool removed) {
        std::size_t seen = 0;
        for (int round = 0; round < rounds; ++round) {
            ports::EventQuery query;
            query.page.limit = 1000;
            const auto page = co_await log->list_events(query, Deadline::after(*clock, kPatience));
            if (!page || (page->events.size() < seen && !removed)) co_return false;
            seen = page->events.size();
            const auto view = co_await tenants->view(TenantId("t1"), Deadline::never());
            if (!view) co_return false;
        }
        co_return true;
    }

    /// Of tenant t1, so that their numbers have names.
    void create_destinations(Engine& engine) {
        EXPECT_TRUE(on_shard(0, engine.tenants().upsert_tenant(TenantId("t1"), {}, clock.now(), Deadline::never())));
        for (std::uint32_t number = 1; number <= kDestinations; ++number) {
            model::Destination destination{.id = DestinationId(fmt::format("d{}", number)),
                                           .tenant_id = TenantId("t1")};
            destination.type = "webhook";
            destination.topics = {"*"};
            const auto created = on_shard(0, engine.tenants().create_destination(destination, 100, Deadline::never()));
            EXPECT_EQ(created->key.destination, number);
        }
    }

    ScratchFolder folder;
    SystemClock clock;
    Sealer sealer{{"a secret of the test"}};
    Threads threads;
    Shards shards{{threads.add(), threads.add()}};
    EngineExecutors executors{.log = threads.add(),
                              .control = threads.add(),
                              .sealer = threads.add(),
                              .readers = {threads.add(), threads.add()}};
};

TEST_P(EngineThreadsTest, DeliversEverythingOnceWhileSegmentsRollAndAreSealed) {
    constexpr std::size_t kEvents = kPublishers * kBatches * kBatch;
    std::array<std::size_t, kShards> expected{};
    for (std::uint32_t number = 1; number <= kDestinations; ++number) expected[shards.owner_of(number)] += kEvents;

    auto engine = open();
    const auto tenant = on_shard(0, engine->tenants().view(TenantId("t1"), Deadline::never()));  // number 1
    ASSERT_EQ((*tenant)->number, 1U);
    create_destinations(*engine);
    std::vector<std::unique_ptr<WorkingSink>> sinks;
    std::array<std::promise<void>, kShards> closed;
    for (std::size_t shard = 0; shard < kShards; ++shard) {
        sinks.push_back(
            std::make_unique<WorkingSink>(engine->ledger(), clock, shards.executor(shard), expected[shard]));
        sinks.back()->on_all_closed = [&closed, shard] { closed[shard].set_value(); };
        engine->ledger().subscribe(shard, *sinks.back());
    }
    engine->start();

    std::vector<std::future<bool>> running;
    for (int publisher = 0; publisher < kPublishers; ++publisher) {
        const auto& executor = shards.executor(static_cast<std::size_t>(publisher) % kShards);
        running.push_back(
            boost::asio::co_spawn(executor, publish(&engine->ledger(), publisher), boost::asio::use_future));
        running.push_back(boost::asio::co_spawn(
            executor, read(&engine->log(), &engine->tenants(), &clock, 15, GetParam()), boost::asio::use_future));
    }
    for (auto& one : running) {
        ASSERT_EQ(one.wait_for(kPatience), std::future_status::ready);
        EXPECT_TRUE(one.get());
    }
    for (std::size_t shard = 0; shard < kShards; ++shard) {
        if (expected[shard] == 0) continue;
        ASSERT_EQ(closed[shard].get_future().wait_for(kPatience), std::future_status::ready)
            << "deliveries are missing";
    }
    const auto close_sink = [](WorkingSink* sink) -> Task<bool> {
        co_await sink->close();
        co_return true;
    };
    for (std::size_t shard = 0; shard < kShards; ++shard) on_shard(shard, close_sink(sinks[shard].get()));
    EXPECT_EQ(engine->ledger().depth().open, 0U);
    const auto close_engine = [](Engine* closing) -> Task<bool> {
        co_await closing->close();
        co_return true;
    };
    on_shard(0, close_engine(engine.get()));
    engine.reset();

    for (std::size_t shard = 0; shard < kShards; ++shard) {
        EXPECT_EQ(sinks[shard]->wrong, 0U);
        EXPECT_EQ(sinks[shard]->closed, expected[shard]);
        EXPECT_EQ(sinks[shard]->numbers.size(), expected[shard]);
        for (const auto& [key, numbers] : sinks[shard]->numbers) EXPECT_EQ(*numbers.rbegin(), numbers.size());
    }
    engine = open();
    EXPECT_EQ(engine->ledger().depth().open, 0U);
    ports::EventQuery query;
    query.page.limit = 1000;
    const auto page = on_shard(0, engine->log().list_events(query, Deadline::never()));
    EXPECT_LE(page->events.size(), kEvents);
    if (!GetParam()) EXPECT_EQ(page->events.size(), kEvents);
    on_shard(0, close_engine(engine.get()));
}

INSTANTIATE_TEST_SUITE_P(Retention, EngineThreadsTest, testing::Bool(),
                         [](const auto& info) { return info.param ? "on" : "off"; });

}  // namespace
}  // namespace outpost::embedded
