// Somebody sets the wall clock while the engine runs (hard-cases T-16).
#include "backends/embedded/engine/engine_fixture.hpp"
#include "backends/embedded/feed/lane.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

class EngineClockTest : public EngineTest, public testing::WithParamInterface<Milliseconds> {
protected:
    ~EngineClockTest() override { world->close(); }

    void advance(Milliseconds by) {
        world->advance(by);
        world->run();
    }
    std::size_t held_count() { return world->sink(0).held_count() + world->sink(1).held_count(); }
    /// So many that most of them wait in the table alone. @return when they are due, by the monotonic clock
    void fail_many(Milliseconds retry_in) {
        std::vector<model::DeliveryKey> keys;
        for (std::size_t i = 0; i < kCount; ++i) keys.push_back(accept(fmt::format("e{}", i), destination()));
        for (const model::DeliveryKey& key : keys) settle(key, retry_in);
        ASSERT_EQ(held_count(), 0U);
        advance(1s);  // the projections have seen them
    }
    void expect_all_due_in(Milliseconds wait) {
        advance(wait - 1s);
        EXPECT_EQ(held_count(), 0U);
        advance(2s);
        EXPECT_EQ(held_count(), kCount);
    }
    static constexpr std::size_t kCount = kLaneWaitingMax + 20;
};

TEST_P(EngineClockTest, RetriesComeWhenTheyWerePlanned) {
    open();
    fail_many(30min);
    world->clock().jump(GetParam());
    settle(accept("new", destination("d2")));  // the log goes on by the new time
    expect_all_due_in(30min - 1s);
}

TEST_P(EngineClockTest, AlsoAfterARestart) {
    open();
    fail_many(30min);
    world->clock().jump(GetParam());
    world->close();
    open();
    world->run();
    expect_all_due_in(30min - 1s);
}

INSTANTIATE_TEST_SUITE_P(Steps, EngineClockTest,
                         testing::Values(Milliseconds(1h), Milliseconds(-1h), Milliseconds(10 * 365 * 24h),
                                         Milliseconds(-1'600'000'000'000)));

}  // namespace
}  // namespace outpost::embedded
