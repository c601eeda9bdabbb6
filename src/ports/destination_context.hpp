// What the provider of one destination type is built from (destinations/catalog.hpp calls each type's make_provider).
#pragma once

#include "base/clock.hpp"

#include <string>

namespace outpost::http {
class Client;
}
namespace outpost::egress {
class Policy;
}
namespace outpost::webhook {
struct WebhookSettings;
}

namespace outpost::ports {

/// What an operator sets for destinations (config.md §3.7); checked when the program starts.
struct DestinationSettings {
    std::string user_agent;                                     ///< HTTP_USER_AGENT or our own
    bool include_millisecond_timestamp = false;                 ///< DESTINATIONS_INCLUDE_MILLISECOND_TIMESTAMP
    bool kinesis_metadata_in_payload = true;                    ///< DESTINATIONS_AWS_KINESIS_METADATA_IN_PAYLOAD
    std::string eventbridge_source = "outpost";                 ///< DESTINATIONS_EVENTBRIDGE_SOURCE
    std::string hookdeck_api_url = "https://api.hookdeck.com";  ///< DESTINATIONS_HOOKDECK_API_URL: verifies tokens
    std::string hookdeck_events_url = "https://hkdk.events";    ///< DESTINATIONS_HOOKDECK_EVENTS_URL: takes events
    bool hookdeck_verify = true;                                ///< DESTINATIONS_HOOKDECK_VERIFY
};

/// One shard's. All of it outlives the provider.
struct ProviderContext {
    http::Client& client;
    const egress::Policy& policy;
    Clock& clock;
    const DestinationSettings& settings;
    const webhook::WebhookSettings* webhook = nullptr;  ///< the webhook type alone looks at it, and needs it
};

}  // namespace outpost::ports
