// Alerts over the real log: counts, automatic disabling, the outbox (pipeline.md §11–12, decisions C1–C4, T-47).
#include "backends/embedded/engine/engine_fixture.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using pipeline::kDisabledByFailures;

/// An engine whose outbox is read by the test.
class Alerts : public EngineTest {
protected:
    Alerts() { start(); }
    ~Alerts() override { world.reset(); }

    void start() {
        world->adjust = [this](EngineSettings& settings) { settings.watch = watch; };
        open();
    }
    void restart() {
        population.clear();
        world = new_world(directory);
        start();
    }
    ports::OperatorOutbox& outbox() { return world->outbox(); }

    /// "topic source current/threshold", all that waits, oldest first.
    std::vector<ports::OperatorNotice> waiting() {
        world->advance(1s);
        auto due = world->await(outbox().due(world->clock().now(), ports::kNoticesMax, Deadline::never()));
        if (!due) throw std::runtime_error(due.error().describe());
        return std::move(due->notices);
    }
    std::vector<std::string> told() {
        std::vector<std::string> lines;
        for (const ports::OperatorNotice& notice : waiting()) {
            const std::string_view topic = notice.topic;
            lines.push_back(fmt::format("{} {} {}", topic.substr(topic.rfind('.') + 1), notice.source, notice.detail));
        }
        return lines;
    }
    static std::string failure(std::string_view attempt, int current, int max, int threshold) {
        return fmt::format(R"(consecutive_failure {} {{"current":{},"max":{},"threshold":{}}})", attempt, current, max,
                           threshold);
    }
    void fail(const model::DestinationKey& to, const std::string& code = "500") {
        const model::DeliveryKey key = accept(fmt::format("e{}", ++events), to);
        ports::Settlement settlement = settlement_of(key);
        settlement.attempt.status = model::AttemptStatus::failed;
        settlement.attempt.code = code;
        EXPECT_TRUE(try_settle(std::move(settlement)).has_value());
        world->run();
    }
    void succeed(const model::DestinationKey& to) {
        ports::Settlement settlement = settlement_of(accept(fmt::format("e{}", ++events), to));
        settlement.attempt.status = model::AttemptStatus::success;
        EXPECT_TRUE(try_settle(std::move(settlement)).has_value());
        world->run();
    }
    model::StoredDestination stored(const std::string& id = "d1", const std::string& tenant = "t1") {
        return *world->await(world->tenants().get_destination(TenantId(tenant), DestinationId(id), Deadline::never()));
    }
    Result<model::StoredDestination> write(const model::StoredDestination& changed) {
        return world->await(
            world->tenants().update_destination(changed.destination, changed.version, Deadline::never()));
    }
    std::uint32_t failures(const model::DestinationKey& key) {
        world->advance(1s);
        return world->await(world->destination_health().backlogs({key}, Deadline::never()))
            ->front()
            .consecutive_failures;
    }

    WatchSettings watch{.rules = {.limit = 4, .auto_disable = true, .exhausted_window = 1h, .retries_max = 1},
                        .topics = {std::string(ports::kTopicConsecutiveFailure), std::string(ports::kTopicDisabled),
                                   std::string(ports::kTopicExhausted)}};
    std::size_t events = 0;
};

TEST_F(Alerts, ComeOncePerLevelAndDisableOnce) {
    const auto d1 = destination();
    const auto other = destination("d1", "t2");
    fail(d1);
    fail(other);
    EXPECT_EQ(told(), std::vector<std::string>{});
    for (int i = 0; i < 5; ++i) fail(d1);  // the last two were in flight when it was disabled
    EXPECT_EQ(told(), (std::vector<std::string>{failure("a3", 2, 4, 50), failure("a4", 3, 4, 70),
                                                failure("a5", 4, 4, 100), "disabled a5 consecutive_failure"}));
    EXPECT_EQ(stored().destination.disabled_reason, kDisabledByFailures);
    EXPECT_EQ(stored("d1", "t2").destination.disabled_at, std::nullopt) << "the same id of another tenant";
    EXPECT_EQ(failures(other), 1U);
}

TEST_F(Alerts, CarryWhatTheLogSaysOfThem) {
    watch.topics = {std::string(ports::kTopicDisabled)};
    watch.rules.limit = 1;
    restart();
    fail(destination());
    const auto notices = waiting();
    ASSERT_EQ(notices.size(), 1U);
    const ports::OperatorNotice& notice = notices.front();
    EXPECT_EQ(notice.tenant_id, TenantId("t1"));
    EXPECT_EQ(notice.attempt->attempt.code, "500");
    EXPECT_EQ(notice.attempt->event->id, EventId("e1"));
    EXPECT_EQ(notice.matched, std::vector{DestinationId("d1")});
    EXPECT_EQ(notice.destination->id, DestinationId("d1"));
    EXPECT_EQ(notice.destination->credentials, model::StringMap()) << "decision C5";
    EXPECT_EQ(notice.destination->disabled_at, notice.attempt->attempt.time);
    model::StoredDestination enabled = stored();
    enabled.destination.disabled_at.reset();
    ASSERT_TRUE(write(enabled).has_value());
    EXPECT_NE(waiting().front().destination->disabled_at, std::nullopt) << "as the attempt left it";
}

TEST_F(Alerts, AreTheSameWhereverTheProcessEnds) {
    const auto d1 = destination();
    for (int i = 0; i < 6; ++i) {
        fail(d1);
        restart();
    }
    EXPECT_EQ(told(), (std::vector<std::string>{failure("a2", 2, 4, 50), failure("a3", 3, 4, 70),
                                                failure("a4", 4, 4, 100), "disabled a4 consecutive_failure"}));
}

TEST_F(Alerts, BeginAnewWithASuccess) {
    const auto d1 = destination();
    fail(d1);
    fail(d1);
    succeed(d1);
    EXPECT_EQ(failures(d1), 0U);
    fail(d1);
    fail(d1);
    EXPECT_EQ(told(), (std::vector<std::string>{failure("a2", 2, 4, 50), failure("a5", 2, 4, 50)}));
}

TEST_F(Alerts, BeginAnewWithEnableConfigAndCredentialsAndNothingElse) {  // decision C1
    const auto d1 = destination();
    const auto change = [&](const std::function<void(model::Destination&)>& apply) {
        model::StoredDestination changed = stored();
        apply(changed.destination);
        ASSERT_TRUE(write(changed).has_value());
    };
    fail(d1);
    change([](model::Destination& one) { one.topics = {"a"}; });
    change([](model::Destination& one) { one.metadata = {{"a", "b"}}; });
    EXPECT_EQ(failures(d1), 1U);
    change([](model::Destination& one) { one.config = {{"url", "http://new"}}; });
    EXPECT_EQ(failures(d1), 0U) << "config";
    fail(d1);
    EXPECT_EQ(failures(d1), 1U);
    change([](model::Destination& one) { one.credentials = {{"secret", "new"}}; });
    EXPECT_EQ(failures(d1), 0U) << "credentials";
    for (int i = 0; i < 4; ++i) fail(d1);
    world->advance(1s);
    EXPECT_NE(stored().destination.disabled_at, std::nullopt);
    change([](model::Destination& one) { one.disabled_at.reset(); });
    EXPECT_EQ(failures(d1), 0U) << "enable";
    EXPECT_EQ(stored().destination.disabled_reason, "");
    fail(d1);
    fail(d1);
    restart();
    EXPECT_EQ(failures(d1), 2U);
    EXPECT_EQ(told().size(), 5U);
}

TEST_F(Alerts, AttemptsThatWereUnderWayAtAChangeSayNothingOfWhatItMade) {
    const auto d1 = destination();
    const auto fail_after = [&](Milliseconds duration) {
        const model::DeliveryKey key = accept(fmt::format("e{}", ++events), d1);
        ports::Settlement settlement = settlement_of(key);
        settlement.attempt.status = model::AttemptStatus::failed;
        settlement.attempt.duration = duration;
        ASSERT_TRUE(try_settle(std::move(settlement)).has_value());
        world->run();
    };
    fail(d1);
    model::StoredDestination changed = stored();
    changed.destination.config = {{"url", "http://new"}};
    ASSERT_TRUE(write(changed).has_value());
    world->advance(2s);
    for (int i = 0; i < 5; ++i) fail_after(5s);
    EXPECT_EQ(failures(d1), 0U);
    EXPECT_EQ(stored().destination.disabled_at, std::nullopt);
    fail_after(1s);
    EXPECT_EQ(failures(d1), 1U);
}

TEST_F(Alerts, AClockThatWasSetBackHidesNoFailure) {  // hard-cases T-16
    const auto d1 = destination();
    world->clock().jump(-24h);
    for (int i = 0; i < 2; ++i) fail(d1);
    EXPECT_EQ(failures(d1), 2U);
}

TEST_F(Alerts, DisablingOverwritesNoConcurrentWriteAndRevivesNothing) {  // decision C2
    const auto d1 = destination();
    model::StoredDestination mine = stored();
    for (int i = 0; i < 4; ++i) fail(d1);
    world->advance(1s);
    mine.destination.metadata = {{"mine", "1"}};
    EXPECT_EQ(write(mine).error().code(), Errc::conflict) << "who read before is told";
    const auto d2 = destination("d2");
    for (int i = 0; i < 3; ++i) fail(d2);
    ASSERT_TRUE(world->await(world->tenants().delete_destination(TenantId("t1"), DestinationId("d2"),
                                                                 world->clock().now(), Deadline::never())));
    fail(d2);
    world->advance(1s);
    EXPECT_EQ(world->await(world->tenants().get_destination(TenantId("t1"), DestinationId("d2"), Deadline::never()))
                  .error()
                  .code(),
              Errc::not_found);
}

TEST_F(Alerts, ShardsAreToldOfADisabledDestination) {
    ports::conformance::RecordingListener listener;
    world->tenants().subscribe(0, listener);
    const auto d1 = destination();
    for (int i = 0; i < 3; ++i) fail(d1);
    world->advance(1s);
    const std::size_t before = listener.count(TenantId("t1"));
    for (int i = 0; i < 2; ++i) fail(d1);
    world->advance(1s);
    EXPECT_EQ(listener.count(TenantId("t1")), before + 1);
}

TEST_F(Alerts, GoneDisablesOnlyWhenConfigured) {  // decision B5
    const auto d1 = destination();
    fail(d1, "410");
    world->advance(1s);
    EXPECT_EQ(stored().destination.disabled_at, std::nullopt);
    watch.rules.disable_on_gone = true;
    restart();
    fail(d1, "410");
    world->advance(1s);
    EXPECT_EQ(stored().destination.disabled_reason, pipeline::kDisabledAsGone);
    EXPECT_EQ(told().back(), "disabled a2 gone");
}

TEST_F(Alerts, ExhaustedRetriesAreToldOnceInTheWindow) {  // pipeline.md §11.3
    watch.rules.limit.reset();
    restart();
    const auto d1 = destination();
    const auto exhaust = [&] {
        const model::DeliveryKey key = accept(fmt::format("e{}", ++events), d1);
        for (const bool last : {false, true}) {
            ports::Settlement settlement = settlement_of(key, last ? std::nullopt : std::optional<Milliseconds>(1s));
            settlement.attempt.status = model::AttemptStatus::failed;
            ASSERT_TRUE(try_settle(std::move(settlement)).has_value());
            world->advance(2s);
        }
    };
    exhaust();
    exhaust();
    EXPECT_EQ(told(), std::vector<std::string>{"exhausted_retries a2 "});
    restart();
    exhaust();
    EXPECT_EQ(told().size(), 1U) << "the window outlives the process";
}

TEST_F(Alerts, ASuccessOfADestinationThatIsWellTouchesNothing) {
    const auto d1 = destination();
    for (int i = 0; i < 20; ++i) succeed(d1);
    fail(d1);
    succeed(d1);
    world->advance(1s);
    EXPECT_EQ(ask(directory / "control.db", "SELECT count(*) FROM destination_watch"), 0);
}

TEST_F(Alerts, WaitUntilTheyWereSent) {
    const auto d1 = destination();
    fail(d1);
    fail(d1);
    const std::uint64_t number = waiting().front().number;
    const TimePoint later = world->clock().now() + 10s;
    ASSERT_TRUE(world->await(outbox().postpone(number, later, Deadline::never())));
    EXPECT_TRUE(waiting().empty());
    const auto due = world->await(outbox().due(world->clock().now(), 1, Deadline::never()));
    EXPECT_EQ(due->next, later);
    restart();
    world->advance(10s);
    ASSERT_EQ(waiting().size(), 1U);
    EXPECT_EQ(waiting().front().tries, 1U);
    ASSERT_TRUE(world->await(outbox().sent(number, Deadline::never())));
    EXPECT_TRUE(waiting().empty());
}

TEST_F(Alerts, OneThatTheLogHasLostIsForgottenAndHoldsUpNoOther) {
    const auto d1 = destination();
    for (int i = 0; i < 3; ++i) fail(d1);
    ASSERT_EQ(waiting().size(), 2U);
    world->close();
    {
        auto control = Database::open(directory / "control.db", OpenMode::existing);
        ASSERT_TRUE(control->execute("UPDATE outbox SET attempt = (9 << 32) WHERE number = 1"));
    }
    open();
    EXPECT_EQ(told(), std::vector<std::string>{failure("a3", 3, 4, 70)});
    EXPECT_EQ(ask(directory / "control.db", "SELECT count(*) FROM outbox"), 1);
}

TEST_F(Alerts, SubscriptionsAreToldWhenTopicsOrTheNumberOfDestinationsChange) {  // pipeline.md §12.1
    watch.topics = {std::string(ports::kTopicSubscription)};
    restart();
    destination("d1");
    destination("d2");
    model::StoredDestination changed = stored("d2");
    changed.destination.disabled_at = world->clock().now();
    ASSERT_TRUE(write(changed).has_value());
    const auto lines = told();
    ASSERT_EQ(lines.size(), 2U) << "disabled ones still count";
    EXPECT_NE(lines[1].find(R"("destinations_count":2,"previous_destinations_count":1)"), std::string::npos)
        << lines[1];
}

}  // namespace
}  // namespace outpost::embedded
