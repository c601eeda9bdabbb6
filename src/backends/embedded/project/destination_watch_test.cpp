// What engine tests can't see: steps, transactions and rows of the table. More in engine/engine_alerts_test.cpp.
#include "backends/embedded/project/projector.hpp"

#include "backends/embedded/control/outbox_rows.hpp"
#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "ports/operator_outbox.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using Ref = model::EventRef;

class DestinationWatchTest : public testing::Test {
protected:
    DestinationWatchTest() {
        EXPECT_TRUE(open_control(file).has_value());
        segments.put({.number = 1, .file = {}, .tail = tail, .range = {}});
        restart();
        EXPECT_TRUE(projections.execute("INSERT INTO tenants (number, id) VALUES (1, 't1')"));
        insert_destination(7);
        event = append(make_acceptance({.id = "e1"}, {7}));
    }
    void restart() {
        projector.reset();
        auto opened = open_projections(file);
        ASSERT_TRUE(opened.has_value());
        projections = std::move(*opened);
        projector.emplace(projections, segments, settings);
        projector->when_noticed([this](WatchNews one) { news.push_back(std::move(one)); });
        ASSERT_TRUE(projector->open().has_value());
    }
    void insert_destination(int number) {
        ASSERT_TRUE(projections.execute(
            fmt::format("INSERT INTO destinations (number, tenant, id, incarnation, version, type, topics, filter,"
                        " config, metadata, created_at, updated_at) VALUES ({0}, 1, 'd{0}', 1, 1, 'webhook', '[]', '',"
                        " '{{}}', '{{}}', 0, 0)",
                        number)
                .c_str()));
    }
    Ref append(const Row& row) {
        const Ref place{1, static_cast<std::uint32_t>(tail->size())};
        append_to_tail(*tail, std::span(&row, 1));
        return place;
    }
    void attempt(bool success, std::uint32_t incarnation = 1) {
        const model::DeliveryKey key{event, {1, 7, incarnation}};
        append(make_settlement(key, make_event({.id = "e1"}), fmt::format("a{}", ++attempts), 1,
                               success ? std::nullopt : std::optional(kNow + 30s)));
    }
    void step() { ASSERT_TRUE(projector->catch_up().has_value()); }
    std::int64_t ask(const char* sql) { return projections.query_integer(sql)->value_or(-1); }
    std::vector<std::string> topics() {
        std::vector<std::string> all;
        for (const OutboxRow& row : *OutboxRows(projections).due(0, 100)) all.push_back(row.topic);
        return all;
    }

    ScratchFolder folder;
    std::filesystem::path file = folder / "control.db";
    WatchSettings settings{
        .rules = {.limit = 2, .auto_disable = true},
        .topics = {std::string(ports::kTopicConsecutiveFailure), std::string(ports::kTopicDisabled)}};
    Database projections;
    SegmentDirectory segments;
    std::shared_ptr<Tail> tail = std::make_shared<Tail>(1'000);
    std::optional<Projector> projector;
    std::vector<WatchNews> news;
    Ref event;
    int attempts = 0;
};

TEST_F(DestinationWatchTest, HoweverTheStepsFallTheEffectsAreTheSame) {
    for (int steps = 0; steps < 8; ++steps) {
        ASSERT_TRUE(projections.execute("UPDATE destinations SET disabled_at = NULL; DELETE FROM outbox"));
        attempt(true);
        for (int i = 0; i < 3; ++i) {
            attempt(false);
            if (steps & (1 << i)) step();
        }
        step();
        EXPECT_EQ(topics(), (std::vector<std::string>{std::string(ports::kTopicConsecutiveFailure),
                                                      std::string(ports::kTopicConsecutiveFailure),
                                                      std::string(ports::kTopicDisabled)}))
            << steps;
        EXPECT_EQ(ask("SELECT failures FROM destination_watch"), 3);
    }
}

TEST_F(DestinationWatchTest, AStepThatFailsLeavesNothingAndIsDoneAgain) {
    ASSERT_TRUE(
        projections.execute("CREATE TEMP TRIGGER no BEFORE INSERT ON projection"
                            " BEGIN SELECT RAISE(ABORT, 'no'); END"));
    attempt(false);
    attempt(false);
    EXPECT_FALSE(projector->step().has_value());
    EXPECT_TRUE(topics().empty());
    EXPECT_TRUE(news.empty());
    EXPECT_EQ(ask("SELECT count(*) FROM destinations WHERE disabled_at IS NOT NULL"), 0);
    ASSERT_TRUE(projections.execute("DROP TRIGGER no"));
    step();
    EXPECT_EQ(topics().size(), 3U);
    ASSERT_EQ(news.size(), 1U);
    EXPECT_EQ(news[0].disabled.at(0).tenant, TenantId("t1"));
    EXPECT_EQ(ask("SELECT failures FROM destination_watch"), 2);
}

TEST_F(DestinationWatchTest, ASuccessWithoutACountTouchesNoTable) {
    ASSERT_TRUE(
        projections.execute("CREATE TEMP TRIGGER touched BEFORE INSERT ON destination_watch"
                            " BEGIN SELECT RAISE(ABORT, 'touched'); END"));
    for (int i = 0; i < 10; ++i) attempt(true);
    step();
    EXPECT_EQ(ask("SELECT count(*) FROM destination_watch"), 0);
    EXPECT_TRUE(news.empty());
}

TEST_F(DestinationWatchTest, CountsOverRestarts) {
    attempt(false);
    step();
    restart();
    attempt(false);
    step();
    EXPECT_EQ(topics().size(), 3U);
    attempt(true);
    step();
    EXPECT_EQ(ask("SELECT count(*) FROM destination_watch"), 0);
}

TEST_F(DestinationWatchTest, AnEarlierIncarnationSaysNothingOfTheNewOne) {
    ASSERT_TRUE(projections.execute("UPDATE destinations SET incarnation = 2"));
    for (int i = 0; i < 3; ++i) attempt(false, 1);
    step();
    EXPECT_TRUE(topics().empty());
    attempt(false, 2);
    step();
    EXPECT_EQ(ask("SELECT failures FROM destination_watch WHERE incarnation = 2"), 1);
}

TEST_F(DestinationWatchTest, WithoutEffectsCountsAloneAreMade) {  // design.md §4: reindex never repeats effects
    settings.effects = false;
    restart();
    for (int i = 0; i < 3; ++i) attempt(false);
    step();
    EXPECT_TRUE(topics().empty());
    EXPECT_EQ(ask("SELECT failures FROM destination_watch"), 3);
    EXPECT_EQ(ask("SELECT level IS NULL FROM destination_watch"), 1);
    EXPECT_EQ(ask("SELECT count(*) FROM destinations WHERE disabled_at IS NOT NULL"), 0);
    settings.effects = true;
    restart();
    attempt(false);
    step();
    EXPECT_TRUE(topics().empty()) << "100 % may have been told before";
}

TEST_F(DestinationWatchTest, TellsEveryAttemptWhenThatIsWanted) {
    settings.topics = {std::string(ports::kTopicAttemptSuccess), std::string(ports::kTopicAttemptFailed)};
    restart();
    attempt(true);
    attempt(false);
    step();
    EXPECT_EQ(topics(), (std::vector<std::string>{"attempt.success", "attempt.failed"}));
}

}  // namespace
}  // namespace outpost::embedded
