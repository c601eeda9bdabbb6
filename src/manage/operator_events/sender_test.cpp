#include "manage/operator_events/sender.hpp"

#include "base/json.hpp"
#include "base/manual_clock.hpp"
#include "manage/fakes/run_task.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <map>

namespace outpost::manage {
namespace {

using namespace std::chrono_literals;

/// Notices in memory.
class MemoryOutbox final : public ports::OperatorOutbox {
public:
    Task<Result<ports::DueNotices>> due(TimePoint now, std::size_t limit, Deadline) override {
        if (unreadable > 0) {
            --unreadable;
            co_return fail(Errc::unavailable, "no");
        }
        ports::DueNotices found;
        for (const auto& [number, waiting] : waits) {
            if (waiting.due > now) found.next = std::min(found.next.value_or(waiting.due), waiting.due);
            else if (found.notices.size() < limit) found.notices.push_back(waiting.notice);
        }
        co_return found;
    }
    Task<Result<void>> sent(std::uint64_t number, Deadline) override {
        waits.erase(number);
        co_return Result<void>{};
    }
    Task<Result<void>> postpone(std::uint64_t number, TimePoint until, Deadline) override {
        waits.at(number).due = until;
        ++waits.at(number).notice.tries;
        co_return Result<void>{};
    }
    void subscribe(std::function<void()> tell_) override { tell = std::move(tell_); }

    void add(const std::string& source, TimePoint time) {
        ports::OperatorNotice notice{.number = ++last,
                                     .topic = std::string(ports::kTopicSubscription),
                                     .source = source,
                                     .time = time,
                                     .detail = "\"" + source + "\""};
        waits[last] = {std::move(notice), time};
        tell();
    }

    struct Waiting {
        ports::OperatorNotice notice;
        TimePoint due;
    };
    std::map<std::uint64_t, Waiting> waits;
    std::uint64_t last = 0;
    int unreadable = 0;
    std::function<void()> tell;
};

/// Refuses what the test says, and keeps what came.
class MemorySink final : public ports::OperatorSink {
public:
    Task<Result<void>> send(std::string body, Deadline) override {
        auto parsed = parse_json(body);
        const std::string data(parsed->at("data").as_string());
        tried.push_back(data);
        if (down || refused == data) co_return fail(Errc::unavailable, "refused");
        arrived.push_back(data);
        co_return Result<void>{};
    }
    std::vector<std::string> tried, arrived;
    bool down = false;
    std::string refused;
};

class SenderTest : public testing::Test {
protected:
    ~SenderTest() override {
        fakes::run_task(context, stopped());
        context.run();
    }
    Task<bool> stopped() {
        co_await sender.stop();
        co_return true;
    }
    void run() {
        context.restart();
        context.poll();
    }
    void advance(Milliseconds by) {
        for (Milliseconds done{0}; done < by; done += 50ms) {
            run();
            clock.advance(50ms);
        }
        run();
    }

    boost::asio::io_context context;
    ManualClock clock;
    MemoryOutbox outbox;
    MemorySink sink;
    Catalog catalog{{}};
    OperatorSender sender{{.outbox = outbox, .sink = sink, .catalog = catalog, .clock = clock, .deployment_id = {}},
                          context.get_executor()};
};

TEST(SendAgain, WaitsTwiceAsLongEachTimeUpToAMinute) {  // pipeline.md §12.4
    EXPECT_EQ(send_again_after(1), 100ms);
    EXPECT_EQ(send_again_after(2), 200ms);
    EXPECT_EQ(send_again_after(3), 400ms);
    EXPECT_EQ(send_again_after(11), 60s);
    EXPECT_EQ(send_again_after(4'000'000'000), 60s);
}

TEST_F(SenderTest, SendsWhatIsAddedAndForgetsIt) {
    for (int i = 0; i < 20; ++i) outbox.add(std::to_string(i), clock.now());
    run();
    EXPECT_EQ(sink.arrived.size(), 20U);
    EXPECT_TRUE(outbox.waits.empty());
}

TEST_F(SenderTest, SendsWhatAnEarlierProcessLeft) {
    outbox.waits[7] = {
        {.number = 7, .topic = std::string(ports::kTopicSubscription), .time = clock.now(), .detail = "\"x\""},
        clock.now()};
    run();
    EXPECT_TRUE(sink.arrived.empty());
    sender.wake();
    run();
    EXPECT_EQ(sink.arrived, std::vector<std::string>{"x"});
}

TEST_F(SenderTest, TriesAgainUntilTheSinkIsBack) {
    sink.down = true;
    outbox.add("x", clock.now());
    advance(10min);
    EXPECT_GT(sink.tried.size(), 10U);
    EXPECT_LT(sink.tried.size(), 40U);
    sink.down = false;
    advance(2min);
    EXPECT_EQ(sink.arrived, std::vector<std::string>{"x"});
    EXPECT_TRUE(outbox.waits.empty());
}

TEST_F(SenderTest, OneThatIsRefusedHoldsUpNoOther) {
    sink.refused = "bad";
    outbox.add("bad", clock.now());
    for (int i = 0; i < 20; ++i) outbox.add(std::to_string(i), clock.now());
    advance(1s);
    EXPECT_EQ(sink.arrived.size(), 20U);
    EXPECT_EQ(outbox.waits.size(), 1U);
}

TEST_F(SenderTest, GivesUpAfterDaysOnly) {
    sink.refused = "bad";
    outbox.add("bad", clock.now() - kSendGivenUpAfter + 1s);
    run();
    EXPECT_EQ(outbox.waits.size(), 1U);
    advance(2min);
    EXPECT_TRUE(outbox.waits.empty());
}

TEST_F(SenderTest, AnOutboxThatCanNotBeReadIsReadLater) {
    outbox.unreadable = 3;
    outbox.add("x", clock.now());
    run();
    EXPECT_TRUE(sink.arrived.empty());
    advance(2s);
    EXPECT_EQ(sink.arrived, std::vector<std::string>{"x"});
}

}  // namespace
}  // namespace outpost::manage
