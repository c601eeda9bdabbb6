#include "backends/embedded/engine/engine_impl.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kLookAgainAfter = std::chrono::milliseconds(20);  // at a segment that retention removes

/// The Ledger port over journal and feeders. Contract: ports/ledger.hpp.
class EmbeddedLedger final : public ports::Ledger {
public:
    explicit EmbeddedLedger(Engine::Impl& engine) : engine_(engine) {}

    Task<Result<std::vector<ports::Accepted>>> accept(std::vector<ports::Acceptance> batch,
                                                      Deadline deadline) override {
        ASSERT(!batch.empty() && batch.size() <= ports::kAcceptBatchMax);
        return engine_.journal->accept(std::move(batch), deadline);
    }

    Task<Result<void>> settle(std::vector<ports::Settlement> settlements, Deadline deadline) override {
        ASSERT(!settlements.empty() && settlements.size() <= ports::kSettleBatchMax);
        CO_TRY(settlements, co_await without_repeated(std::move(settlements), deadline));
        if (settlements.empty()) co_return Result<void>{};
        const auto shared = std::make_shared<const std::vector<ports::Settlement>>(std::move(settlements));
        std::deque<Watch> watches;
        for (const ports::Settlement& settlement : *shared) {
            Feeder& feeder = engine_.feeder_of(settlement.key);
            watches.emplace_back(feeder, settlement.key, false);
            feeder.settling(settlement);
        }
        CO_TRY(const std::vector<bool> written, co_await engine_.journal->settle(shared, deadline));
        for (std::size_t i = 0; i < shared->size(); ++i) {
            if (!written[i]) continue;  // recorded before: what follows has been done
            const ports::Settlement& settlement = (*shared)[i];
            Feeder& feeder = engine_.feeder_of(settlement.key);
            // One that memory does not know was closed while its attempt ran.
            const bool was_open = feeder.attempts_of(settlement.key).has_value();
            feeder.settled(settlement);
            count(was_open, settlement.next_due.has_value());
        }
        co_return Result<void>{};
    }

    Task<Result<void>> decide(std::vector<ports::Decision> decisions, Deadline deadline) override {
        bool look_up_all = false;
        while (true) {
            auto decided = co_await try_decide(decisions, look_up_all, deadline);
            if (decided || decided.error().code() != Errc::conflict) co_return decided;
            // The event was carried, or retention is removing its segment: soon it is gone, or lies in another one.
            if (deadline.passed(engine_.clock)) co_return fail(Errc::timeout, "the event's segment is being removed");
            if (std::exchange(look_up_all, true)) co_await engine_.clock.sleep_for(kLookAgainAfter);
        }
    }

    void postpone(model::Delivery delivery, TimePoint until) override {
        engine_.feeder_of(delivery.key).postponed(delivery, until);
    }

    void subscribe(std::size_t shard, ports::DeliverySink& sink) override { engine_.feeders[shard]->subscribe(sink); }

    void demand(model::DestinationKey destination) override {
        engine_.feeders[engine_.shards.owner_of(destination.destination)]->demand(destination.destination);
    }

    ports::LedgerDepth depth() const override {
        const std::int64_t open = engine_.open_deliveries.load(std::memory_order_relaxed);
        return {.open = static_cast<std::uint64_t>(std::max<std::int64_t>(open, 0))};
    }

    Result<void> ready() const override { return engine_.journal->ready(); }

private:
    /// @return conflict when an event is on its way to another segment, or gone: look it up again
    Task<Result<void>> try_decide(const std::vector<ports::Decision>& decisions, bool look_up_all, Deadline deadline) {
        struct Prepared {
            Feeder* feeder;
            const Watch* watch;
            bool open_in_table;
        };
        std::deque<Watch> watches;  // until all is done: look-ups and commit take time, attempts end meanwhile
        std::vector<Prepared> prepared;
        std::vector<DecisionRow> rows;
        for (const ports::Decision& decision : decisions) {
            Feeder& feeder = engine_.feeder_of(decision.key);
            const bool opens = decision.kind == ports::DecisionKind::redeliver;
            const Watch& watch = watches.emplace_back(feeder, decision.key, !opens);
            CO_TRY(const auto state, co_await state_of(decision.key, deadline, look_up_all));
            if (opens && !state.event_exists) co_return fail(Errc::not_found, "event not found");
            if (!opens && !state.open) continue;  // closed already: nothing to decide
            prepared.push_back({&feeder, &watch, state.open && !feeder.attempts_of(decision.key)});
            const std::int64_t due = opens ? unix_ms(engine_.clock.now()) : kClosed;
            rows.push_back({decision, state.attempts, due, state.home});
        }
        if (rows.empty()) co_return Result<void>{};
        for (std::size_t i = 0; i < rows.size(); ++i) {
            rows[i].attempts = std::max(rows[i].attempts, prepared[i].watch->settled());
        }
        CO_TRY_VOID(co_await engine_.journal->decide(rows, deadline));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const Prepared& found = prepared[i];
            // As it is now: an attempt may have closed it since the table was asked.
            const bool was_open = found.feeder->attempts_of(rows[i].decision.key).has_value() ||
                                  (found.open_in_table && found.watch->settled() == 0);
            found.feeder->decided(rows[i]);
            count(was_open, rows[i].due_ms != kClosed);
        }
        co_return Result<void>{};
    }

    void count(bool was_open, bool is_open) {
        if (was_open == is_open) return;
        engine_.open_deliveries.fetch_add(is_open ? 1 : -1, std::memory_order_relaxed);
    }

    /// Leaves out what the log has already, however long ago; the journal itself looks in unsealed segments only. What
    /// the memory holds as it should be is new, and costs nothing.
    Task<Result<std::vector<ports::Settlement>>> without_repeated(std::vector<ports::Settlement> settlements,
                                                                  Deadline deadline) {
        std::vector<ports::Settlement> fresh;
        fresh.reserve(settlements.size());
        for (ports::Settlement& settlement : settlements) {
            const auto attempts = engine_.feeder_of(settlement.key).attempts_of(settlement.key);
            if (!attempts || *attempts + 1 != settlement.attempt.number) {
                CO_TRY(const bool recorded, co_await engine_.has_attempt(settlement.attempt.id, deadline));
                if (recorded) continue;
                CO_TRY(const auto state, co_await state_of(settlement.key, deadline));
                if (!state.open) settlement.next_due.reset();  // a decision closed it while the attempt ran
            }
            fresh.push_back(std::move(settlement));
        }
        co_return fresh;
    }

    /// @param look_up  even when memory knows the delivery: it does not know where the event lies
    Task<Result<Engine::Impl::Found>> state_of(model::DeliveryKey key, Deadline deadline, bool look_up = false) {
        const Feeder& feeder = engine_.feeder_of(key);
        if (const auto attempts = feeder.attempts_of(key); attempts && !look_up) {
            co_return Engine::Impl::Found{
                .event_exists = true, .open = true, .attempts = *attempts, .home = key.event.segment};
        }
        CO_TRY(Engine::Impl::Found found, co_await engine_.look_up(key, deadline));
        // It may have come into memory meanwhile, with an attempt more than the table knew.
        if (const auto attempts = feeder.attempts_of(key)) {
            found.event_exists = found.open = true;
            found.attempts = std::max(*attempts, found.attempts);
        }
        co_return found;
    }

    Engine::Impl& engine_;
};

}  // namespace

std::unique_ptr<ports::Ledger> make_ledger(Engine::Impl& engine) {
    return std::make_unique<EmbeddedLedger>(engine);
}

}  // namespace outpost::embedded
