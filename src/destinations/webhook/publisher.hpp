// Sends events to one webhook (destinations.md §2.7–2.9).
#pragma once

#include "destinations/webhook/config.hpp"
#include "net/http/client.hpp"
#include "ports/destination.hpp"

#include <memory>

namespace outpost::webhook {

/// For one version of one destination, on its shard. Client, settings and clock outlive it.
class WebhookPublisher final : public ports::Publisher {
public:
    /// @param custom_headers  those of the destination, checked
    WebhookPublisher(http::Client& client, const WebhookSettings& settings, const Clock& clock,
                     std::shared_ptr<const model::StoredDestination> destination, model::StringMap custom_headers);

    Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) override;
    /// As preview_of().
    std::optional<ports::RequestPreview> preview(const model::Event& event, TimePoint attempt_time) const override;

private:
    struct Prepared;
    Result<Prepared> prepare(const model::Event& event, TimePoint attempt_time) const;
    Task<Result<model::Outcome>> exchange(Prepared prepared, model::TraceWish trace, Deadline deadline);

    http::Client& client_;
    const WebhookSettings& settings_;
    const Clock& clock_;
    std::shared_ptr<const model::StoredDestination> destination_;  // shared: with the cache that opened it
    model::StringMap custom_headers_;
    Result<http::Url> url_;  ///< one that can't be parsed fails each attempt, not the opening (§2.3)
};

}  // namespace outpost::webhook
