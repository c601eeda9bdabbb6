#include "sim/witness.hpp"

namespace outpost::sim {
namespace {

/// @param unsure  of errors that leave it open whether something was stored
template <class T>
Certainty certainty_of(const Result<T>& result) {
    if (result) return Certainty::stored;
    return result.error().code() == Errc::unavailable ? Certainty::refused : Certainty::unsure;
}

class WitnessPublisher final : public ports::Publisher {
public:
    WitnessPublisher(std::unique_ptr<ports::Publisher> inner, History& history, const Clock& clock, std::size_t life,
                     std::shared_ptr<const model::StoredDestination> destination)
        : inner_(std::move(inner)),
          history_(history),
          clock_(clock),
          life_(life),
          destination_(std::move(destination)) {}

    Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) override;

private:
    /// The send as the history has it, however it ends.
    class Entry {
    public:
        Entry(History& history, SendSeen seen) : history_(history), index_(history.sends.size()) {
            life_ = seen.life;
            if (!history.in_flight.insert(seen.key).second) {
                history.violated(fmt::format("{} is in flight twice", describe(seen.key)));
            }
            seen.began = history.now();
            history.sends.push_back(std::move(seen));
        }
        ~Entry() {
            if (history_.life == life_) history_.in_flight.erase(history_.sends[index_].key);
        }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        /// Also of a process that has just died: the destination saw it.
        void ended(SendEnd end, std::string code) {
            history_.sends[index_].end = end;
            history_.sends[index_].code = std::move(code);
        }

    private:
        History& history_;
        std::size_t index_;
        std::size_t life_ = 0;
    };

    std::unique_ptr<ports::Publisher> inner_;
    History& history_;
    const Clock& clock_;
    std::size_t life_;
    std::shared_ptr<const model::StoredDestination> destination_;
};

Task<Result<model::Outcome>> WitnessPublisher::send(model::Delivery delivery, TimePoint attempt_time,
                                                    Deadline deadline) {
    if (history_.life != life_) co_return fail(Errc::cancelled, "a dead process sends nothing");
    Entry entry(history_, {.key = delivery.key,
                           .tenant_id = delivery.event->tenant_id,
                           .event_id = delivery.event->id,
                           .destination_id = destination_->destination.id,
                           .number = delivery.attempts_settled + 1,
                           .manual = delivery.manual,
                           .began_at = clock_.monotonic(),
                           .code = {},
                           .life = life_});
    try {
        auto outcome = co_await inner_->send(std::move(delivery), attempt_time, deadline);
        if (!outcome)
            entry.ended(outcome.error().code() == Errc::cancelled ? SendEnd::unknown : SendEnd::our_fault, {});
        else if (outcome->status == model::AttemptStatus::success) entry.ended(SendEnd::success, outcome->code);
        else entry.ended(SendEnd::failed, outcome->code);
        co_return outcome;
    } catch (const std::runtime_error& error) {
        if (dynamic_cast<const boost::system::system_error*>(&error) == nullptr) entry.ended(SendEnd::exception, {});
        throw;
    }
}

}  // namespace

void doubt_refusals(History& history) {
    const auto doubt = [&](auto& facts) {
        for (auto& fact : facts) {
            if (fact.life == history.life && fact.certainty == Certainty::refused) fact.certainty = Certainty::unsure;
        }
    };
    doubt(history.accepts);
    doubt(history.settles);
    doubt(history.decisions);
}

std::string describe(const model::DeliveryKey& key) {
    return fmt::format("event {}/{} for destination {}.{}", key.event.segment, key.event.row,
                       key.destination.destination, key.destination.incarnation);
}

Result<std::unique_ptr<ports::Publisher>> WitnessProvider::open(
    std::shared_ptr<const model::StoredDestination> destination) {
    TRY(auto inner, inner_.open(destination));
    return std::make_unique<WitnessPublisher>(std::move(inner), history_, clock_, life_, std::move(destination));
}

Task<Result<std::vector<ports::Accepted>>> WitnessLedger::accept(std::vector<ports::Acceptance> batch,
                                                                 Deadline deadline) {
    const std::size_t first = history_.accepts.size();
    const std::size_t count = batch.size();
    for (const ports::Acceptance& asked : batch) {
        history_.accepts.push_back({.life = history_.life,
                                    .event = asked.event,
                                    .tenant = asked.tenant,
                                    .client_chose_id = asked.client_chose_id,
                                    .destinations = asked.destinations,
                                    .began_wall = clock_.now()});
    }
    auto accepted = co_await inner_.accept(std::move(batch), deadline);
    for (std::size_t i = 0; i < count && lives(); ++i) {
        AcceptSeen& seen = history_.accepts[first + i];
        seen.certainty = certainty_of(accepted);
        seen.ended_wall = clock_.now();
        if (accepted) seen.accepted = (*accepted)[i];
    }
    co_return accepted;
}

Task<Result<void>> WitnessLedger::settle(std::vector<ports::Settlement> settlements, Deadline deadline) {
    const std::size_t first = history_.settles.size();
    const std::size_t count = settlements.size();
    for (const ports::Settlement& asked : settlements) {
        history_.settles.push_back({.key = asked.key,
                                    .attempt = asked.attempt,
                                    .life = history_.life,
                                    .under_faults = history_.ledger_has_faults,
                                    .asked = clock_.monotonic(),
                                    .next_due = asked.next_due});
    }
    auto settled = co_await inner_.settle(std::move(settlements), deadline);
    for (std::size_t i = 0; i < count && lives(); ++i) history_.settles[first + i].certainty = certainty_of(settled);
    co_return settled;
}

Task<Result<void>> WitnessLedger::decide(std::vector<ports::Decision> decisions, Deadline deadline) {
    const std::size_t first = history_.decisions.size();
    const std::size_t count = decisions.size();
    for (const ports::Decision& asked : decisions) {
        history_.decisions.push_back(
            {.key = asked.key, .kind = asked.kind, .began = history_.now(), .life = history_.life});
    }
    auto decided = co_await inner_.decide(std::move(decisions), deadline);
    for (std::size_t i = 0; i < count && lives(); ++i) history_.decisions[first + i].certainty = certainty_of(decided);
    co_return decided;
}

}  // namespace outpost::sim
