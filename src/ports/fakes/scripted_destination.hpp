// A destination type that does what a DestinationScript says, in place of a network.
#pragma once

#include "ports/destination.hpp"
#include "ports/fakes/destination_script.hpp"

namespace outpost::ports::fakes {

/// Accepts every configuration; shows it unmasked. One a shard, all of them may share the script (one thread).
class ScriptedDestination final : public DestinationProvider {
public:
    /// @param type  the name of the type
    ScriptedDestination(DestinationScript& script, Clock& clock, std::string type = "scripted");

    /// From now on open() fails with this text; empty: works again.
    void refuse_to_open(std::string text) { refusal_ = std::move(text); }
    /// How many publishers were opened.
    std::size_t opened() const { return opened_; }

    const model::DestinationType& type() const override { return type_; }
    std::expected<void, Rejection> validate(const model::Destination&) const override { return {}; }
    std::expected<void, Rejection> preprocess(model::Destination&, const PreprocessContext&) const override {
        return {};
    }
    Target target(const model::Destination& destination) const override;
    model::Destination display(const model::Destination& destination, TimePoint) const override { return destination; }
    Result<std::unique_ptr<Publisher>> open(std::shared_ptr<const model::StoredDestination> destination) override;

private:
    DestinationScript& script_;
    Clock& clock_;
    model::DestinationType type_;
    std::string refusal_;
    std::size_t opened_ = 0;
};

}  // namespace outpost::ports::fakes
