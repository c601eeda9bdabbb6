#include "backends/embedded/engine/engine_impl.hpp"

namespace outpost::embedded {
namespace {

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
        const auto shared = std::make_shared<const std::vector<ports::Settlement>>(std::move(settlements));
        CO_TRY(const std::vector<bool> written, co_await engine_.journal->settle(shared, deadline));
        for (std::size_t i = 0; i < shared->size(); ++i) {
            if (!written[i]) continue;  // recorded before: what follows has been done
            const ports::Settlement& settlement = (*shared)[i];
            engine_.feeder_of(settlement.key).settled(settlement);
            if (!settlement.next_due) count(-1);
        }
        co_return Result<void>{};
    }

    Task<Result<void>> decide(std::vector<ports::Decision> decisions, Deadline deadline) override {
        std::vector<DecisionRow> rows;
        std::int64_t change = 0;
        for (ports::Decision& decision : decisions) {
            CO_TRY(const auto state, co_await state_of(decision.key, deadline));
            const bool opens = decision.kind == ports::DecisionKind::redeliver;
            if (opens && !state.event_exists) co_return fail(Errc::not_found, "event not found");
            if (!opens && !state.open) continue;  // closed already: nothing to decide
            if (opens != state.open) change += opens ? 1 : -1;
            const std::int64_t due = opens ? unix_ms(engine_.clock.now()) : kClosed;
            rows.push_back({std::move(decision), state.attempts, due});
        }
        if (rows.empty()) co_return Result<void>{};
        CO_TRY_VOID(co_await engine_.journal->decide(rows, deadline));
        count(change);
        for (const DecisionRow& row : rows) engine_.feeder_of(row.decision.key).decided(row);
        co_return Result<void>{};
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
    void count(std::int64_t change) { engine_.open_deliveries.fetch_add(change, std::memory_order_relaxed); }

    Task<Result<Engine::Impl::Found>> state_of(model::DeliveryKey key, Deadline deadline) {
        const Feeder& feeder = engine_.feeder_of(key);
        if (const auto known = feeder.find(key)) {
            co_return Engine::Impl::Found{.event_exists = true, .open = true, .attempts = known->attempts};
        }
        CO_TRY(Engine::Impl::Found found, co_await engine_.look_up(key, deadline));
        // It may have come into memory meanwhile, with an attempt more than the table knew.
        if (const auto known = feeder.find(key)) {
            found = {.event_exists = true, .open = true, .attempts = std::max(known->attempts, found.attempts)};
        }
        co_return found;
    }

    Engine::Impl& engine_;
};

}  // namespace

std::unique_ptr<ports::Ledger> make_ledger(Engine::Impl& engine) { return std::make_unique<EmbeddedLedger>(engine); }

}  // namespace outpost::embedded
