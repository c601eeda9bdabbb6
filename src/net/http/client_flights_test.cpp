#include "net/http/client_flights.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

using namespace std::chrono_literals;
using Cut = Flight::Cut;

constexpr MonotonicTime kStart{std::chrono::hours(5) + 7ms};

struct Fixture {
    Flight& add(MonotonicTime::duration after) {
        Flight& flight = *all.emplace_back(std::make_unique<Flight>());
        flight.deadline = kStart + after;
        flights.add(flight);
        return flight;
    }
    Flights flights{kStart};
    std::vector<std::unique_ptr<Flight>> all;
};

TEST(Flights, AreCutAtTheirDeadlineNotBefore) {
    Fixture it;
    // Within a tick, at its edges, some slots on, over one turn of the wheel, over many.
    for (const auto after : {1ms, 42ms, 43ms, 44ms, 1000ms, 12'799ms, 12'801ms, 30'000ms, 600'000ms}) {
        const Flight& flight = it.add(after);
        it.flights.expire(kStart + after - 1ms);
        EXPECT_EQ(flight.why, Cut::none) << after.count();
    }
    Fixture other;
    std::vector<const Flight*> flights;
    for (int i = 1; i <= 2000; ++i) flights.push_back(&other.add(i * 17ms));
    for (auto now = 0ms; now < 35'000ms; now += 33ms) {
        other.flights.expire(kStart + now);
        for (const Flight* flight : flights)
            ASSERT_EQ(flight->why == Cut::deadline, flight->deadline <= kStart + now) << now.count();
    }
    EXPECT_FALSE(other.flights.has_deadlines());
}

TEST(Flights, AreCutAfterALongSleepAsWell) {
    Fixture it;
    const Flight& early = it.add(3s);
    const Flight& late = it.add(3h);
    it.flights.expire(kStart + 2h);
    EXPECT_EQ(early.why, Cut::deadline);
    EXPECT_EQ(late.why, Cut::none);
    const Flight& overdue = it.add(1h);
    it.flights.expire(kStart + 2h);
    EXPECT_EQ(overdue.why, Cut::deadline);
}

TEST(Flights, AreForgottenWhenRemoved) {
    Fixture it;
    Flight& flight = it.add(1s);
    Flight& endless = it.add(MonotonicTime::max() - kStart);
    EXPECT_TRUE(it.flights.has_deadlines());
    it.flights.remove(flight);
    EXPECT_FALSE(it.flights.has_deadlines());
    it.flights.expire(kStart + 1h);
    EXPECT_EQ(flight.why, Cut::none);
    EXPECT_FALSE(it.flights.empty());
    it.flights.remove(endless);
    EXPECT_TRUE(it.flights.empty());
}

TEST(Flights, KeepTheFirstReasonTheyAreCutFor) {
    Fixture it;
    const Flight& timed = it.add(1s);
    const Flight& other = it.add(1h);
    it.flights.expire(kStart + 1s);
    it.flights.cut_all(Cut::stopped);
    EXPECT_EQ(timed.why, Cut::deadline);
    EXPECT_EQ(other.why, Cut::stopped);
}

TEST(Flights, AreForbiddenToIdleByOrigin) {
    Fixture it;
    Flight& a = it.add(1s);
    Flight& b = it.add(1s);
    a.origin = "http://a:80";
    b.origin = "http://b:80";
    it.flights.forbid_idling("http://a:80");
    EXPECT_FALSE(a.may_idle);
    EXPECT_TRUE(b.may_idle);
    it.flights.forbid_idling({});
    EXPECT_FALSE(b.may_idle);
}

}  // namespace
}  // namespace outpost::http
