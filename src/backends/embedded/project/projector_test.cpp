#include "backends/embedded/project/projector.hpp"

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using enum ports::DecisionKind;
using Ref = model::EventRef;

/// What is open after all rows, worked out the simplest way.
class Model {
public:
    void apply(const Row& row, Ref place) {
        if (const auto* event = std::get_if<ports::Acceptance>(&row)) {
            for (const auto& destination : event->destinations) {
                open[{place, destination}] = {.key = {place, destination}, .due_ms = unix_ms(event->event->received)};
            }
        } else if (const auto* attempt = std::get_if<ports::Settlement>(&row)) {
            const auto due = attempt->next_due ? unix_ms(*attempt->next_due) : kClosed;
            note(attempt->key, attempt->attempt.number, due, attempt->next_manual);
        } else {
            const auto& decision = std::get<DecisionRow>(row);
            note(decision.decision.key, decision.attempts, decision.due_ms, decision.decision.kind == redeliver);
        }
    }
    std::map<model::DeliveryKey, OpenDelivery> open;

private:
    void note(const model::DeliveryKey& key, std::uint32_t attempts, std::int64_t due_ms, bool manual) {
        if (due_ms == kClosed) open.erase(key);
        else open[key] = {.key = key, .attempts = attempts, .due_ms = due_ms, .manual = manual};
    }
};

bool same(const OpenDelivery& a, const OpenDelivery& b) {
    return a.key == b.key && a.attempts == b.attempts && a.due_ms == b.due_ms && a.manual == b.manual;
}

class ProjectorTest : public testing::Test {
protected:
    ProjectorTest() {
        EXPECT_TRUE(open_control(file).has_value());
        restart();
        begin_segment();
    }
    /// A process that ends and starts again over the same file.
    void restart() {
        projector.reset();
        auto opened = open_projections(file);
        ASSERT_TRUE(opened.has_value());
        projections = std::move(*opened);
        projector.emplace(projections, segments);
        ASSERT_TRUE(projector->open().has_value());
    }
    void begin_segment() {
        ++number;
        tail = std::make_shared<Tail>(200'000);
        segments.put({.number = number, .file = {}, .tail = tail, .range = {}});
    }
    Ref append(const Row& row) {
        const Ref place{number, static_cast<std::uint32_t>(tail->size())};
        append_to_tail(*tail, std::span(&row, 1));
        model.apply(row, place);
        return place;
    }
    /// An event for d7 and d8.
    Ref accept(const std::string& id) { return append(make_acceptance({.id = id}, {7, 8})); }
    static model::DeliveryKey key(Ref ref, std::uint32_t destination = 7) { return {ref, {1, destination, 1}}; }
    void settle(const model::DeliveryKey& of, std::uint32_t attempt, std::optional<TimePoint> next_due) {
        append(make_settlement(of, make_event({.id = "e"}), fmt::format("a{}", ++attempts), attempt, next_due));
    }
    void step() {
        const auto stepped = projector->step();
        ASSERT_TRUE(stepped.has_value()) << stepped.error().describe();
    }
    std::optional<OpenDelivery> find(const model::DeliveryKey& of) {
        auto found = projector->find(of);
        EXPECT_TRUE(found.has_value());
        return *found;
    }
    void expect_the_model() {
        ASSERT_TRUE(projector->catch_up().has_value());
        EXPECT_EQ(projector->count(), model.open.size());
        std::map<std::uint32_t, std::int64_t> first_due;
        for (const auto& [of, open] : model.open) {
            const auto found = find(of);
            ASSERT_TRUE(found.has_value());
            EXPECT_TRUE(same(*found, open));
            const auto known = first_due.try_emplace(of.destination.destination, open.due_ms).first;
            known->second = std::min(known->second, open.due_ms);
        }
        const auto backlogs = projector->backlogs();
        ASSERT_EQ(backlogs->size(), first_due.size());
        for (const Projector::Backlog& backlog : *backlogs) {
            EXPECT_EQ(first_due.at(backlog.destination), backlog.first_due_ms);
        }
    }

    ScratchFolder folder;
    std::filesystem::path file = folder / "control.db";
    Database projections;
    SegmentDirectory segments;
    std::optional<Projector> projector;
    std::uint32_t number = 0;
    std::shared_ptr<Tail> tail;
    Model model;
    std::size_t attempts = 0;
};

TEST_F(ProjectorTest, AnAcceptedEventOpensADeliveryForEachDestination) {
    const Ref ref = accept("e1");
    append(make_acceptance({.id = "unmatched"}));
    EXPECT_EQ(find(key(ref, 7))->due_ms, unix_ms(kNow));
    EXPECT_EQ(find(key(ref, 8))->attempts, 0U);
    EXPECT_EQ(find(key(ref, 9)), std::nullopt);
    EXPECT_EQ(projector->count(), 2U);
    EXPECT_EQ(projector->watermark(), (Ref{1, 2}));
}

/// Every sequence of what can be said of a delivery, with a step before each row or not.
TEST_F(ProjectorTest, TheNewestRowDecidesHoweverTheStepsFall) {
    const auto say = [&](int what, Ref ref) {
        switch (what) {
            case 0: settle(key(ref), 1, std::nullopt); break;
            case 1: settle(key(ref), 2, kNow + 30s); break;
            case 2: append(make_decision(key(ref), cancelled)); break;
            case 3: append(make_decision(key(ref), redeliver, 3)); break;
            case 4: append(make_decision(key(ref), parked)); break;
            default: append(make_decision(key(ref), skipped));
        }
    };
    for (int first = 0; first < 6; ++first) {
        for (int second = 0; second < 6; ++second) {
            for (int steps = 0; steps < 4; ++steps) {
                const Ref ref = accept("e");
                if (steps & 1) step();
                say(first, ref);
                if (steps & 2) step();
                say(second, ref);
                const auto found = find(key(ref));
                const auto expected = model.open.find(key(ref));
                ASSERT_EQ(found.has_value(), expected != model.open.end()) << first << second << steps;
                if (found) EXPECT_TRUE(same(*found, expected->second));
            }
        }
    }
}

TEST_F(ProjectorTest, ADeliveryClosedWithinAStepNeverTouchesTheTable) {
    for (int i = 0; i < 100; ++i) {
        const Ref ref = accept("e");
        settle(key(ref, 7), 1, std::nullopt);
        settle(key(ref, 8), 1, std::nullopt);
    }
    ASSERT_TRUE(
        projections.execute("CREATE TEMP TRIGGER touched BEFORE INSERT ON open_deliveries"
                            " BEGIN SELECT RAISE(ABORT, 'touched'); END"));
    step();
    EXPECT_EQ(projector->count(), 0U);
}

TEST_F(ProjectorTest, AStepIsBoundedByDestinationsNotByEvents) {
    const std::vector<std::uint32_t> wide(1'000, 7);
    std::vector<Row> rows(200, make_acceptance({.id = "e"}, wide));
    append_to_tail(*tail, rows);
    ASSERT_EQ(projector->step(), true);
    EXPECT_EQ(projector->watermark(), (Ref{1, 66}));  // the step ends with the event that fills it
    ASSERT_EQ(projector->step(), true);
    ASSERT_EQ(projector->step(), true);
    ASSERT_EQ(projector->step(), false);
    EXPECT_EQ(projector->watermark(), (Ref{1, 200}));
}

TEST_F(ProjectorTest, AStepIsBoundedByRows) {
    std::vector<Row> rows(1'000, make_acceptance({.id = "e"}));
    while (tail->size() < kStepRowsMax + 10) append_to_tail(*tail, rows);
    ASSERT_EQ(projector->step(), true);
    EXPECT_EQ(projector->watermark(), (Ref{1, kStepRowsMax}));
    ASSERT_TRUE(projector->catch_up().has_value());
    EXPECT_EQ(projector->watermark(), (Ref{1, static_cast<std::uint32_t>(tail->size())}));
}

TEST_F(ProjectorTest, WalksOverSegments) {
    const Ref first = accept("e1");
    begin_segment();
    settle(key(first, 7), 1, std::nullopt);
    begin_segment();
    begin_segment();
    const Ref last = accept("e2");
    expect_the_model();
    EXPECT_EQ(projector->watermark(), (Ref{4, 1}));
    EXPECT_EQ(find(key(first, 7)), std::nullopt);
    EXPECT_NE(find(key(last, 8)), std::nullopt);
}

TEST_F(ProjectorTest, PassesOnFromAFinishedSegmentSoThatItCanBeSealed) {
    accept("e1");
    ASSERT_TRUE(projector->catch_up().has_value());
    EXPECT_EQ(projector->watermark(), (Ref{1, 1}));
    begin_segment();
    ASSERT_TRUE(projector->catch_up().has_value());
    EXPECT_EQ(projector->watermark(), (Ref{2, 0}));
    segments.put({.number = 1, .file = {}, .tail = nullptr, .range = {}});
    accept("e2");
    expect_the_model();
}

TEST_F(ProjectorTest, GoesOnWhereAnEarlierProcessStopped) {
    const Ref ref = accept("e1");
    step();
    settle(key(ref), 1, kNow + 1h);
    restart();
    EXPECT_EQ(projector->watermark(), (Ref{1, 1}));
    expect_the_model();
}

TEST_F(ProjectorTest, AFailedStepIsDoneAgainWhole) {
    const Ref ref = accept("e1");
    ASSERT_TRUE(
        projections.execute("CREATE TEMP TRIGGER no BEFORE INSERT ON projection"
                            " BEGIN SELECT RAISE(ABORT, 'no'); END"));
    EXPECT_FALSE(projector->step().has_value());
    EXPECT_EQ(projector->count(), 0U);
    EXPECT_EQ(projector->watermark(), (Ref{}));
    settle(key(ref), 1, std::nullopt);
    ASSERT_TRUE(projections.execute("DROP TRIGGER no"));
    expect_the_model();
}

TEST_F(ProjectorTest, FetchesByDueTimeThenByArrival) {
    std::vector<Ref> refs;
    for (int i = 0; i < 6; ++i) refs.push_back(accept("e"));
    settle(key(refs[0]), 1, kNow + 2s);
    settle(key(refs[1]), 1, kNow + 1s);
    settle(key(refs[2]), 1, kNow - 1s);
    settle(key(refs[5]), 1, std::nullopt);
    auto fetched = projector->fetch(7, 4);
    ASSERT_TRUE(fetched.has_value());
    std::vector<Ref> found;
    for (const OpenDelivery& open : fetched->deliveries) found.push_back(open.key.event);
    EXPECT_EQ(found, (std::vector{refs[2], refs[3], refs[4], refs[1]}));
    EXPECT_EQ(fetched->more_from, unix_ms(kNow + 2s));
    fetched = projector->fetch(7, 5);
    EXPECT_EQ(fetched->deliveries.size(), 5U);
    EXPECT_EQ(fetched->more_from, std::nullopt);
    EXPECT_TRUE(projector->fetch(99, 5)->deliveries.empty());
}

TEST_F(ProjectorTest, SeesEveryRowThatWasDurableBeforeTheCall) {
    const Ref ref = accept("e1");
    EXPECT_EQ(projector->fetch(7, 10)->deliveries.size(), 1U);
    settle(key(ref), 1, std::nullopt);
    EXPECT_TRUE(projector->fetch(7, 10)->deliveries.empty());
    EXPECT_EQ(projector->backlogs()->size(), 1U);  // destination 8
    settle(key(ref, 8), 1, std::nullopt);
    EXPECT_TRUE(projector->backlogs()->empty());
}

TEST_F(ProjectorTest, KeepsIncarnationsApart) {
    const Ref ref = append(
        ports::Acceptance{.event = make_event({.id = "e"}), .tenant = 1, .destinations = {{1, 7, 1}, {1, 7, 2}}});
    append(make_decision({ref, {1, 7, 1}}, skipped));
    EXPECT_EQ(find({ref, {1, 7, 1}}), std::nullopt);
    EXPECT_NE(find({ref, {1, 7, 2}}), std::nullopt);
}

TEST_F(ProjectorTest, HoldsNoReadTransactionAfterItsReads) {  // else the WAL would grow for ever
    accept("e1");
    ASSERT_TRUE(projector->fetch(7, 10).has_value());
    ASSERT_TRUE(projector->backlogs().has_value());
    find(key({1, 0}));
    auto writer = open_control(file);
    ASSERT_TRUE(writer->execute("INSERT INTO settings VALUES ('a', 'b')"));
    EXPECT_EQ(writer->query_integer("PRAGMA wal_checkpoint(TRUNCATE)"), 0);  // nobody was in the way
}

/// Random rows, steps, segments and restarts: the table is what the rows say.
TEST_F(ProjectorTest, EqualsANaiveModelWhateverHappens) {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        RandomRows random(seed);
        begin_segment();
        for (int i = 0; i < 600; ++i) {
            append(random.next({number, static_cast<std::uint32_t>(tail->size())}));
            if (random.below(15) == 0) step();
            if (random.below(60) == 0) restart();
            if (random.below(80) == 0) begin_segment();
        }
        expect_the_model();
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace outpost::embedded
