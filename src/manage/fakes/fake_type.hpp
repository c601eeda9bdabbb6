// A destination type with one rule of each kind, for tests of what surrounds types.
#pragma once

#include "ports/destination.hpp"

namespace outpost::manage::fakes {

/// Config: `url` (required, http or https) and `region` (optional). Credentials: `secret` (made when absent, tenants
/// may not choose it) and `key` (masked). Refuses `url` on the host `refused`; drops the credential `rotate_secret`.
/// Whoever it asks knows every `key` but `unknown`, and names the region of `known`.
class FakeType final : public ports::DestinationProvider {
public:
    explicit FakeType(std::string name);

    const model::DestinationType& type() const override { return type_; }
    std::expected<void, ports::Rejection> validate(const model::Destination& destination) const override;
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override;
    Task<std::expected<model::Destination, ports::Rejection>> verify(model::Destination destination,
                                                                     std::optional<model::Destination> stored,
                                                                     Deadline deadline) const override;
    ports::Target target(const model::Destination& destination) const override;
    model::Destination display(const model::Destination& destination, TimePoint now) const override;
    /// Never sends: invalid.
    Result<std::unique_ptr<ports::Publisher>> open(std::shared_ptr<const model::StoredDestination>) override;

    /// What preprocess was given last.
    struct Seen {
        ports::Role role = ports::Role::admin;
        model::StringMap sent_credentials;
        bool had_stored = false;
        std::size_t preprocessed = 0;
        std::size_t validated = 0;
        std::size_t verified = 0;
        bool verified_with_stored = false;
    };
    const Seen& seen() const { return seen_; }

private:
    model::DestinationType type_;
    mutable Seen seen_;
};

}  // namespace outpost::manage::fakes
