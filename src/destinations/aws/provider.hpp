// What the providers of all AWS types do alike.
#pragma once

#include "model/destination_type_files.hpp"
#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <initializer_list>
#include <optional>

namespace outpost::aws {

/// One a shard; outlives the publishers it opens.
class Provider : public ports::DestinationProvider {
public:
    const model::DestinationType& type() const final { return type_; }
    /// check(), then the courtesy check of what is or names an address (§15.4 rule 3): `forbidden`.
    std::expected<void, ports::Rejection> validate(const model::Destination& destination) const final;
    /// Changes nothing.
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override;
    /// Masks what the type's fields call sensitive (§1.7).
    model::Destination display(const model::Destination& destination, TimePoint now) const final;
    /// Checks fields and check() again, not the courtesy check: addresses are judged at connect.
    Result<std::unique_ptr<ports::Publisher>> open(std::shared_ptr<const model::StoredDestination> destination) final;

protected:
    /// @param address_fields  of config: URLs that decide where connections go
    Provider(const ports::ProviderContext& context, const model::DestinationTypeFiles& files,
             std::initializer_list<const char*> address_fields);

    /// The type's own rules; the first that is broken.
    virtual std::optional<ports::FieldProblem> check(const model::Destination& destination) const = 0;
    /// For a destination that keeps all rules. @return invalid when there is no way to reach it
    virtual Result<std::unique_ptr<ports::Publisher>> make_publisher(
        std::shared_ptr<const model::StoredDestination> destination) const = 0;

    const ports::ProviderContext& context() const { return context_; }

private:
    ports::ProviderContext context_;
    model::DestinationType type_;
    std::vector<std::string> address_fields_;
};

}  // namespace outpost::aws
