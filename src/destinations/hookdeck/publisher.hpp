// Sends events to one source at Hookdeck (destinations.md §4.3, §4.4).
#pragma once

#include "destinations/hookdeck/token.hpp"
#include "net/http/client.hpp"
#include "ports/destination.hpp"
#include "ports/destination_context.hpp"

#include <memory>

namespace outpost::hookdeck {

/// For one version of one destination, on its shard.
class HookdeckPublisher final : public ports::Publisher {
public:
    /// @param events  where sources take events: DESTINATIONS_HOOKDECK_EVENTS_URL
    /// @param response_body_bytes_max  decision B14
    HookdeckPublisher(const ports::ProviderContext& context,
                      std::shared_ptr<const model::StoredDestination> destination, Token token, http::Url events,
                      std::size_t response_body_bytes_max);

    /// Follows no redirect: the address is the vendor's.
    Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) override;
    /// With the signature as it is: it shows nothing of the token.
    std::optional<ports::RequestPreview> preview(const model::Event& event, TimePoint attempt_time) const override;

private:
    http::ClientRequest request_for(const model::Event& event, TimePoint attempt_time) const;

    http::Client& client_;
    const Clock& clock_;
    const ports::DestinationSettings& settings_;
    std::shared_ptr<const model::StoredDestination> destination_;  // shared: with the cache that opened it
    Token token_;
    http::Url url_;
    std::size_t response_body_bytes_max_;
};

}  // namespace outpost::hookdeck
