// The webhook type: its rules and its publishers, in default and in Standard Webhooks mode (destinations.md §2, §3).
#pragma once

#include "destinations/webhook/config.hpp"
#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <memory>

namespace outpost::http {
class Client;
}
namespace outpost::egress {
class Policy;
}

namespace outpost::webhook {

/// Fields, texts and icon as they are built in; the caller may lay DESTINATIONS_METADATA_PATH over it (§1.3: folder
/// `webhook`, or `webhook_standard` in standard mode).
model::DestinationType builtin_type(Mode mode);

/// One a shard; outlives the publishers it opens.
class WebhookProvider final : public ports::DestinationProvider {
public:
    WebhookProvider(http::Client& client, const egress::Policy& policy, WebhookSettings settings,
                    model::DestinationType type, const Clock& clock);

    const model::DestinationType& type() const override { return type_; }
    /// First the courtesy check of the URL (§15.4 rule 3), then custom headers (all problems), limits (all),
    /// credentials.
    std::expected<void, ports::Rejection> validate(const model::Destination& destination) const override;
    std::expected<void, ports::Rejection> preprocess(model::Destination& destination,
                                                     const ports::PreprocessContext& context) const override;
    ports::Target target(const model::Destination& destination) const override;
    model::Destination display(const model::Destination& destination, TimePoint now) const override;
    /// Checks fields, custom headers and credentials again, not the courtesy check: addresses are judged at connect.
    Result<std::unique_ptr<ports::Publisher>> open(
        std::shared_ptr<const model::StoredDestination> destination) override;

private:
    http::Client& client_;
    const egress::Policy& policy_;
    WebhookSettings settings_;
    model::DestinationType type_;
    const Clock& clock_;
};

/// For the catalogue (destinations/catalog.hpp).
std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context);

}  // namespace outpost::webhook
