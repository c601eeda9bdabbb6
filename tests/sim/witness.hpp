// Stands at both ends of the pipeline and writes down what passes: between it and the ledger, and before destinations.
#pragma once

#include "ports/destination.hpp"
#include "sim/history.hpp"

namespace outpost::sim {

/// What the pipeline asks of its ledger, and what it is told. Belongs to one process; a later one's history is not its
/// business.
class WitnessLedger final : public ports::Ledger {
public:
    WitnessLedger(ports::Ledger& inner, History& history, const Clock& clock)
        : inner_(inner), history_(history), clock_(clock), life_(history.life) {}

    Task<Result<std::vector<ports::Accepted>>> accept(std::vector<ports::Acceptance> batch, Deadline deadline) override;
    Task<Result<void>> settle(std::vector<ports::Settlement> settlements, Deadline deadline) override;
    Task<Result<void>> decide(std::vector<ports::Decision> decisions, Deadline deadline) override;
    void postpone(model::Delivery delivery, TimePoint until) override { inner_.postpone(std::move(delivery), until); }
    void subscribe(std::size_t shard, ports::DeliverySink& sink) override { inner_.subscribe(shard, sink); }
    void demand(model::DestinationKey destination) override { inner_.demand(destination); }
    ports::LedgerDepth depth() const override { return inner_.depth(); }
    Result<void> ready() const override { return inner_.ready(); }

private:
    bool lives() const { return history_.life == life_; }

    ports::Ledger& inner_;
    History& history_;
    const Clock& clock_;
    std::size_t life_;
};

/// The rules of another type, with every send written down. Belongs to one process.
class WitnessProvider final : public ports::DestinationProvider {
public:
    WitnessProvider(ports::DestinationProvider& inner, History& history, const Clock& clock)
        : inner_(inner), history_(history), clock_(clock), life_(history.life) {}

    const model::DestinationType& type() const override { return inner_.type(); }
    std::expected<void, ports::Rejection> validate(const model::Destination& destination) const override {
        return inner_.validate(destination);
    }
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override {
        return inner_.preprocess(destination, context);
    }
    ports::Target target(const model::Destination& destination) const override { return inner_.target(destination); }
    model::Destination display(const model::Destination& destination, TimePoint now) const override {
        return inner_.display(destination, now);
    }
    Result<std::unique_ptr<ports::Publisher>> open(
        std::shared_ptr<const model::StoredDestination> destination) override;

private:
    ports::DestinationProvider& inner_;
    History& history_;
    const Clock& clock_;
    std::size_t life_;
};

}  // namespace outpost::sim
