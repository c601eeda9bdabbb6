#include "model/retry_policy.hpp"

#include <limits>

namespace outpost::model {
namespace {

constexpr std::uint32_t kMost = std::numeric_limits<std::uint32_t>::max();

RetryPolicy without_jitter() {
    RetryPolicy policy;
    policy.jitter = false;
    return policy;
}

std::optional<Milliseconds> wait(const RetryPolicy& policy, const Outcome& outcome, std::uint32_t number,
                                 bool eligible = true, double random = 0) {
    const TimePoint ended = from_unix_ms(1'700'000'000'000);
    const auto due = next_attempt(policy, outcome, number, eligible, ended, random);
    if (!due) return std::nullopt;
    return *due - ended;
}

TEST(BaseDelay, DoublesFromTheInterval) {  // pipeline.md §8.2
    const RetryPolicy policy;
    Milliseconds expected = 30s;
    Milliseconds sum{0};
    for (std::uint32_t number = 1; number <= 10; ++number, expected *= 2) {
        EXPECT_EQ(base_delay(policy, number), expected);
        sum += base_delay(policy, number);
    }
    EXPECT_EQ(base_delay(policy, 10), 15360s);
    EXPECT_EQ(sum, 30690s);
}

TEST(BaseDelay, IsAtMostThirtyDaysForAnyNumber) {  // decision B7
    RetryPolicy policy;
    EXPECT_EQ(base_delay(policy, 17), 30s * 65536);
    for (const std::uint32_t number : {18U, 20U, 64U, 1000U, kMost})
        EXPECT_EQ(base_delay(policy, number), kRetryDelayMax);
    policy.interval = std::chrono::seconds::max();
    EXPECT_EQ(base_delay(policy, 1), kRetryDelayMax);
    policy.interval = 0s;
    EXPECT_EQ(base_delay(policy, kMost), 0ms);
    policy.interval = std::chrono::seconds::min();
    EXPECT_EQ(base_delay(policy, 3), 0ms);
}

TEST(BaseDelay, FollowsAScheduleAndRepeatsItsLastStep) {
    RetryPolicy policy;
    policy.schedule = {5s, 60s, std::chrono::seconds::max()};
    EXPECT_EQ(base_delay(policy, 0), 5s);
    EXPECT_EQ(base_delay(policy, 1), 5s);
    EXPECT_EQ(base_delay(policy, 2), 60s);
    EXPECT_EQ(base_delay(policy, 3), kRetryDelayMax);
    EXPECT_EQ(base_delay(policy, kMost), kRetryDelayMax);
}

TEST(RetryPolicy, AScheduleReplacesTheLimit) {
    RetryPolicy policy;
    EXPECT_EQ(policy.retries_max(), 10U);
    policy.schedule = {1s, 2s};
    EXPECT_EQ(policy.retries_max(), 2U);
}

struct Row {
    const char* name;
    Outcome outcome;
    std::uint32_t number;
    bool eligible;
    std::optional<Milliseconds> wait;
};

TEST(NextAttempt, FollowsTheTable) {  // pipeline.md §8.1, decisions B4, B5
    const Outcome failed{};
    Outcome success;
    success.status = AttemptStatus::success;
    Outcome gone;
    gone.permanent = true;
    const auto asks = [](Milliseconds wait) {
        Outcome outcome;
        outcome.retry_after = wait;
        return outcome;
    };
    const std::vector<Row> table{
        {"success", success, 1, true, std::nullopt},
        {"permanent", gone, 1, true, std::nullopt},
        {"not eligible", failed, 1, false, std::nullopt},
        {"first failure", failed, 1, true, 30s},
        {"last retry", failed, 10, true, 15360s},
        {"given up", failed, 11, true, std::nullopt},
        {"far beyond", failed, kMost, true, std::nullopt},
        {"Retry-After later than the schedule", asks(90s), 1, true, 90s},
        {"Retry-After earlier than the schedule", asks(5s), 1, true, 30s},
        {"Retry-After of ten years", asks(std::chrono::hours(87600)), 1, true, 24h},
        {"Retry-After without end", asks(Milliseconds::max()), 1, true, 24h},
        {"negative Retry-After", asks(Milliseconds::min()), 1, true, 30s},
        {"Retry-After does not add attempts", asks(90s), 11, true, std::nullopt},
    };
    for (const Row& row : table) {
        EXPECT_EQ(wait(without_jitter(), row.outcome, row.number, row.eligible), row.wait) << row.name;
    }
}

TEST(NextAttempt, WithoutRetriesGivesUpAtOnce) {
    RetryPolicy policy = without_jitter();
    policy.limit = 0;
    EXPECT_EQ(wait(policy, Outcome{}, 1), std::nullopt);
}

TEST(NextAttempt, AScheduleLongerThan24HoursIsLaterThanRetryAfter) {
    RetryPolicy policy = without_jitter();
    policy.schedule = {std::chrono::hours(48)};
    Outcome outcome;
    outcome.retry_after = std::chrono::hours(30);
    EXPECT_EQ(wait(policy, outcome, 1), 48h);
}

TEST(NextAttempt, JitterAddsUpToATenthAndNeverTakes) {  // decision B6
    const RetryPolicy policy;
    EXPECT_EQ(wait(policy, Outcome{}, 1, true, 0.0), 30s);
    EXPECT_EQ(wait(policy, Outcome{}, 1, true, 0.5), 31500ms);
    EXPECT_EQ(wait(policy, Outcome{}, 1, true, 0.999999), 32999ms);
    for (const double random : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
        EXPECT_EQ(wait(policy, Outcome{}, 1, true, random), 30s);
    }
    EXPECT_EQ(wait(policy, Outcome{}, 1, true, 7.0), 33s);
    EXPECT_EQ(wait(without_jitter(), Outcome{}, 1, true, 0.5), 30s);
}

TEST(NextAttempt, JitterStaysWithinTheLongestDelay) {
    RetryPolicy policy;
    policy.limit = kMost;
    EXPECT_EQ(wait(policy, Outcome{}, 1000, true, 0.5), kRetryDelayMax);
}

}  // namespace
}  // namespace outpost::model
