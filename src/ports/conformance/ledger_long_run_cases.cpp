// Many deliveries, any outcome, from a seed: nothing is lost, nothing comes twice, no number repeats.
#include "ports/conformance/ledger_suite.hpp"

#include <fmt/format.h>

#include <random>

namespace outpost::ports::conformance {
namespace {

constexpr std::uint64_t kLongRunSeed = 20'240'607;
constexpr int kLongRunEvents = 60;
constexpr int kLongRunRounds = 5'000;

}  // namespace

void link_ledger_long_run_cases() {}

/// Plays the pipeline badly: settles, retries, postpones and cancels at random.
class LedgerLongRun {
public:
    explicit LedgerLongRun(Fixture& fixture) : it_(fixture), random_(kLongRunSeed) {}

    std::uint64_t below(std::uint64_t sides) { return random_() % sides; }

    /// Deals with what one shard's sink holds, in one batch. @return whether there was anything
    bool deal_with(std::size_t shard) {
        std::vector<model::Delivery> held;
        for (const auto& [key, delivery] : it_.sink(shard).all_held()) held.push_back(delivery);
        std::vector<Settlement> batch;
        for (const model::Delivery& delivery : held) {
            if (below(8) == 0) postpone(shard, delivery);
            else batch.push_back(attempt(shard, delivery));
        }
        if (!batch.empty()) {
            const auto settled = it_.await(it_.ledger().settle(std::move(batch), Deadline::never()), shard);
            EXPECT_TRUE(settled.has_value());
        }
        for (const model::Delivery& delivery : held) it_.ledger().demand(delivery.key.destination);
        return !held.empty();
    }

    /// By delivery: how many attempts were settled.
    const std::map<model::DeliveryKey, std::uint32_t>& attempts() const { return attempts_; }

private:
    void postpone(std::size_t shard, const model::Delivery& delivery) {
        it_.sink(shard).release(delivery.key);
        it_.ledger().postpone(delivery, it_.clock().now() + Milliseconds(below(5'000)));
    }

    Settlement attempt(std::size_t shard, const model::Delivery& delivery) {
        const std::uint32_t number = delivery.attempts_settled + 1;
        EXPECT_EQ(number, ++attempts_[delivery.key]);
        it_.sink(shard).release_settled(delivery.key, number);
        const bool retry = number < 6 && below(2) == 0;
        Settlement settlement{.key = delivery.key,
                              .event = delivery.event,
                              .attempt = {.id = AttemptId(fmt::format("long-{}", ++last_attempt_)),
                                          .number = number,
                                          .manual = delivery.manual,
                                          .time = it_.clock().now(),
                                          .code = "200",
                                          .destination_type = "webhook"}};
        if (retry) settlement.next_due = it_.clock().now() + Milliseconds(below(90'000));
        if (retry && below(4) == 0) {  // a person asked meanwhile
            settlement.next_due = it_.clock().now();
            settlement.next_manual = true;
        }
        return settlement;
    }

    Fixture& it_;
    std::mt19937_64 random_;
    std::size_t last_attempt_ = 0;
    std::map<model::DeliveryKey, std::uint32_t> attempts_;
};

TEST_P(LedgerSuite, LosesAndRepeatsNothingOverManyDeliveries) {
    LedgerLongRun run(it());
    std::vector<model::DestinationKey> destinations;
    for (int number = 0; number < 5; ++number)
        destinations.push_back(population().destination(DestinationId(fmt::format("d{}", number))));
    for (std::size_t shard = 0; shard < it().shards().size(); ++shard) it().sink(shard).set_capacity(4);
    std::vector<Acceptance> batch;
    for (int number = 0; number < kLongRunEvents; ++number)
        batch.push_back(population().acceptance({.id = EventId(fmt::format("e{}", number))}, destinations));
    const auto accepted = accept_all(std::move(batch));

    for (int round = 0; round < kLongRunRounds && ledger().depth().open > 0; ++round) {
        it().run();
        bool any = false;
        for (std::size_t shard = 0; shard < it().shards().size(); ++shard) any |= run.deal_with(shard);
        if (!any) it().advance(Milliseconds(1 + run.below(5'000)));
    }
    EXPECT_TRUE(depth_becomes(0)) << "seed " << kLongRunSeed;
    EXPECT_EQ(run.attempts().size(), accepted.size() * destinations.size());

    std::map<model::DeliveryKey, std::vector<std::uint32_t>> numbers;
    for (int number = 0; number < kLongRunEvents; ++number) {
        for (const AttemptRecord& record : logged(fmt::format("e{}", number))) {
            const auto destination = population().destination(record.destination_id);
            numbers[{record.event_ref, destination}].push_back(record.attempt.number);
        }
    }
    for (auto& [key, seen] : numbers) {
        std::ranges::sort(seen);
        ASSERT_EQ(seen.size(), run.attempts().at(key));
        for (std::size_t index = 0; index < seen.size(); ++index) EXPECT_EQ(seen[index], index + 1);
    }
    EXPECT_EQ(numbers.size(), run.attempts().size());
}

}  // namespace outpost::ports::conformance
