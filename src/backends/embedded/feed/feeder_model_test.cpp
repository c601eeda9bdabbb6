// A feeder against a model of everything around it, in random order from a seed: the log that makes facts durable, the
// table that shows them, the calls that tell of them later, reads that are answered at any time, a sink that settles,
// gives back, refuses and demands, people who cancel and ask again. Nothing is lost, offered twice or given a number
// twice, whatever the order.
#include "backends/embedded/fakes/feed_world.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

using Fact = std::variant<model::DeliveryKey, ports::Settlement, DecisionRow>;  // accepted, settled, decided

/// One delivery as it really is.
struct Truth {
    bool open = false;
    std::uint32_t attempts = 0;  ///< the highest number that was given out and stored
    std::uint32_t sent = 0;      ///< the highest number that the sink has used
    std::size_t facts_under_way = 0;
    bool asked = false;  ///< a person asked while the sink had it
};

/// What a request to decide does meanwhile (embedded_ledger.cpp).
struct Deciding {
    DecisionRow row;
    std::unique_ptr<Watch> watch;
    bool looked_up = false;
};

struct Traits {
    std::uint64_t seed;
    std::uint32_t destinations;
    std::uint32_t rows;     ///< of each destination
    std::size_t room;       ///< of the sink, for each destination
    std::uint32_t trouble;  ///< percent of reads that fail
    std::uint32_t backlog;  ///< percent of all deliveries that are open from the start
};

class FeederModel : public FeedFixture, public testing::WithParamInterface<Traits> {
protected:
    FeederModel() : FeedFixture(limits_of(GetParam())) {
        sink.room = traits.room;
        sink.on_taken = [this](const model::Delivery& delivery) { taken(delivery); };
    }

    /// Small, so that everything spills to the table and comes back all the time.
    static FeedLimits limits_of(const Traits& traits) {
        if (traits.seed % 5 == 0) return {};
        const std::size_t small = 3 + traits.seed % 9;
        return {.lane_waiting_max = small, .shard_waiting_max = 2 * small, .lane_floor = 2, .loads_max = 2};
    }

    std::uint64_t below(std::uint64_t sides) { return random() % sides; }
    bool in(std::uint32_t percent) { return below(100) < percent; }
    model::DeliveryKey any_key() {
        return key(static_cast<std::uint32_t>(below(traits.rows)),
                   1 + static_cast<std::uint32_t>(below(traits.destinations)));
    }

    void taken(const model::Delivery& delivery) {
        Truth& truth = world[delivery.key];
        EXPECT_TRUE(writable) << "offered while the log can't be written";
        // What is closed may be offered only as long as the feeder has not been told.
        EXPECT_TRUE(truth.open || truth.facts_under_way > 0) << "offered although it is closed";
        EXPECT_GT(delivery.attempts_settled + 1, truth.sent) << "a number would repeat";
        if (in(3)) {  // trouble of ours, found at once: given back within the offer
            sink.held.erase(delivery.key);
            feeder.postponed(delivery, now() + Milliseconds(below(3'000)));
        }
    }

    // ---- the log: facts become durable in order, and are told later, in order

    void write(Fact fact) {
        ++world[key_of(fact)].facts_under_way;
        journal.push_back(std::move(fact));
    }
    static model::DeliveryKey key_of(const Fact& fact) {
        if (const auto* settlement = std::get_if<ports::Settlement>(&fact)) return settlement->key;
        if (const auto* row = std::get_if<DecisionRow>(&fact)) return row->decision.key;
        return std::get<model::DeliveryKey>(fact);
    }
    void commit() {
        for (std::uint64_t count = 1 + below(5); count > 0 && !journal.empty(); --count) {
            Fact fact = std::move(journal.front());
            journal.pop_front();
            apply(fact);
            untold.push_back(std::move(fact));
        }
    }
    void apply(const Fact& fact) {
        const model::DeliveryKey of = key_of(fact);
        Truth& truth = world[of];
        OpenDelivery open{.key = of, .due_ms = unix_ms(now())};
        truth.open = true;
        if (const auto* settlement = std::get_if<ports::Settlement>(&fact)) {
            truth.open = settlement->next_due.has_value();
            open.attempts = settlement->attempt.number;
            if (truth.open) open.due_ms = unix_ms(*settlement->next_due);
            open.manual = settlement->next_manual;
        } else if (const auto* row = std::get_if<DecisionRow>(&fact)) {
            truth.open = row->due_ms != kClosed;
            open.attempts = row->attempts;
            open.manual = true;
        }
        EXPECT_GE(open.attempts, truth.attempts) << "the table forgets an attempt";
        truth.attempts = std::max(truth.attempts, open.attempts);
        if (truth.open) source.table[of] = open;
        else source.table.erase(of);
    }
    void tell() {
        for (std::uint64_t count = 1 + below(3); count > 0 && !untold.empty(); --count) {
            const Fact fact = std::move(untold.front());
            untold.pop_front();
            const model::DeliveryKey of = key_of(fact);
            if (const auto* settlement = std::get_if<ports::Settlement>(&fact)) {
                loop.call([&] { feeder.settled(*settlement); });
                settling.erase(settlement->attempt.id);
            } else if (const auto* row = std::get_if<DecisionRow>(&fact)) {
                loop.call([&] { feeder.decided(*row); });
                std::erase_if(deciding, [&](const Deciding& one) { return one.row.decision.key == of; });
            } else {
                std::vector<NewDelivery> fresh;
                fresh.push_back({of, FakeSource::event_at(of.event)});
                loop.call([&] { feeder.accepted(std::move(fresh)); });
            }
            --world[of].facts_under_way;
        }
    }

    // ---- what happens

    /// What an earlier process has left.
    void restart_with(std::uint32_t percent) {
        std::map<std::uint32_t, std::int64_t> first_due;
        for (std::uint32_t destination = 1; destination <= traits.destinations; ++destination) {
            for (std::uint32_t row = 0; row < traits.rows; ++row) {
                if (!in(percent)) continue;
                const model::DeliveryKey of = key(row, destination);
                OpenDelivery open =
                    open_delivery(of, Milliseconds(below(120'000)) - 60s, static_cast<std::uint32_t>(below(3)));
                source.table[of] = open;
                world[of] = {.open = true, .attempts = open.attempts, .sent = open.attempts};
                const auto known = first_due.try_emplace(destination, open.due_ms).first;
                known->second = std::min(known->second, open.due_ms);
            }
        }
        std::vector<Projector::Backlog> backlogs;
        for (const auto& [destination, due_ms] : first_due) backlogs.push_back({destination, due_ms});
        start(backlogs);
    }
    void accept() {
        for (std::uint64_t count = 1 + below(6); count > 0; --count) {
            const model::DeliveryKey of = any_key();
            if (!world.contains(of)) write(of);
        }
    }
    std::optional<model::DeliveryKey> any_held() {
        if (sink.held.empty()) return std::nullopt;
        return std::next(sink.held.begin(), static_cast<std::ptrdiff_t>(below(sink.held.size())))->first;
    }
    void settle_one(std::uint32_t retries_percent) {
        const auto of = any_held();
        if (!of || !writable) return;
        Truth& truth = world[*of];
        std::optional<Milliseconds> retry;
        if (in(retries_percent)) retry = Milliseconds(below(90'000));
        if (truth.asked) retry = 0ms;
        ports::Settlement settlement = settlement_of(*of, retry);
        settlement.next_manual = std::exchange(truth.asked, false);
        truth.sent = settlement.attempt.number;
        sink.held.erase(*of);
        settling.emplace(settlement.attempt.id, std::make_unique<Watch>(feeder, *of, false));
        feeder.settling(settlement);
        write(std::move(settlement));
    }
    void give_back() {
        if (const auto of = any_held()) postpone(*of, Milliseconds(below(20'000)));
    }
    void ask_to_decide(ports::DecisionKind kind) {
        const model::DeliveryKey of = any_key();
        const bool once = std::ranges::none_of(deciding, [&](const auto& one) { return one.row.decision.key == of; });
        if (!world.contains(of) || !once) return;
        const bool opens = kind == ports::DecisionKind::redeliver;
        Truth& truth = world[of];
        if (!opens) {
            if (sink.held.erase(of) == 0 && !truth.open) return;  // the sink lets go first
            truth.asked = false;
        } else if (sink.held.contains(of)) {
            truth.asked = true;
        }
        deciding.push_back({make_decision(of, kind), std::make_unique<Watch>(feeder, of, !opens)});
        if (const auto known = feeder.attempts_of(of)) found(deciding.back(), *known);
    }
    void look_up() {
        for (Deciding& one : deciding) {
            if (one.looked_up || in(50)) continue;
            const model::DeliveryKey of = one.row.decision.key;
            const std::uint32_t stored = world[of].attempts;
            found(one, std::max(stored, feeder.attempts_of(of).value_or(0)));
        }
    }
    void found(Deciding& one, std::uint32_t attempts) {
        one.looked_up = true;
        one.row.attempts = std::max(attempts, one.watch->settled());
        if (one.row.due_ms != kClosed) one.row.due_ms = unix_ms(now());
        write(one.row);
    }
    void answer_something() {
        if (!source.fetches.empty() && in(50)) {
            const std::size_t index = below(source.fetches.size());
            if (!source.fetches[index].found) source.read_table(source.fetches[index]);
            else if (in(traits.trouble)) source.fail_fetch(index);
            else source.answer_fetch(index);
        } else if (!source.loads.empty()) {
            const std::size_t index = below(source.loads.size());
            if (in(traits.trouble)) source.fail_load(index);
            else source.answer_load(index);
        }
        loop.run();
    }
    void demand_one() { demand(1 + static_cast<std::uint32_t>(below(traits.destinations))); }
    void turn() {
        writable = in(80);
        set_writable(writable);
    }

    void step() {
        switch (below(16)) {
            case 0:
            case 1: accept(); break;
            case 2:
            case 3: settle_one(60); break;
            case 4: give_back(); break;
            case 5: ask_to_decide(ports::DecisionKind::redeliver); break;
            case 6: ask_to_decide(ports::DecisionKind::cancelled); break;
            case 7: look_up(); break;
            case 8: commit(); break;
            case 9:
            case 10: tell(); break;
            case 11:
            case 12: answer_something(); break;
            case 13: demand_one(); break;
            case 14: loop.advance(Milliseconds(below(4'000))); break;
            default:
                if (in(10)) turn();
                if (in(4)) jump(Milliseconds(below(100'000)) - 50s);
        }
        ASSERT_LE(feeder.waiting(), traits.destinations * (kLaneWaitingMax + 64));
    }

    /// Lets everything end well: each open delivery must come.
    void drain() {
        traits.trouble = 0;
        sink.room = SIZE_MAX;
        writable = true;
        set_writable(true);
        for (std::uint32_t round = 0; round < 20'000; ++round) {
            for (int i = 0; i < 4; ++i) {
                look_up();
                commit();
                tell();
                answer_something();
                settle_one(0);
            }
            for (std::uint32_t destination = 1; destination <= traits.destinations; ++destination) demand(destination);
            const bool busy = !journal.empty() || !untold.empty() || !deciding.empty() || !source.loads.empty() ||
                              !source.fetches.empty() || !sink.held.empty();
            if (busy) continue;
            if (source.table.empty()) return;
            loop.advance(10s);
        }
    }

    Traits traits = GetParam();
    std::mt19937_64 random{traits.seed};
    std::map<model::DeliveryKey, Truth> world;
    std::deque<Fact> journal;
    std::deque<Fact> untold;
    std::list<Deciding> deciding;
    std::map<AttemptId, std::unique_ptr<Watch>> settling;
    bool writable = true;
};

TEST_P(FeederModel, LosesNothingAndOffersNothingTwice) {
    restart_with(traits.backlog);
    const std::uint32_t steps = traits.rows * traits.destinations * 20;
    for (std::uint32_t i = 0; i < steps && !HasFailure(); ++i) step();
    drain();
    EXPECT_TRUE(source.table.empty()) << source.table.size() << " deliveries never came";
    EXPECT_EQ(feeder.waiting(), 0U);
    EXPECT_EQ(feeder.held(), 0U);
    for (const auto& [of, truth] : world) EXPECT_FALSE(truth.open);
    EXPECT_FALSE(HasFailure()) << "seed " << traits.seed;
}

std::vector<Traits> many_traits() {
    std::vector<Traits> all;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const auto small = static_cast<std::uint32_t>(seed);
        const std::size_t room = seed % 4 == 0 ? SIZE_MAX : 1 + seed % 5;
        if (seed % 15 == 0) all.push_back({seed, 1, 900, room, 10, 30 * (small % 4)});  // over the real limit too
        else all.push_back({seed, 1 + small % 4, 40, room, small % 25, 20 * (small % 2)});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Seeds, FeederModel, testing::ValuesIn(many_traits()),
                         [](const auto& info) { return fmt::format("{}", info.param.seed); });

}  // namespace
}  // namespace outpost::embedded
