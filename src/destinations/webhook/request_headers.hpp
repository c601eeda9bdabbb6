// The headers of a delivery (destinations.md §2.7, §3; decisions B18, B19).
#pragma once

#include "destinations/webhook/config.hpp"
#include "model/delivery.hpp"
#include "net/http/message.hpp"

#include <optional>
#include <string>
#include <vector>

namespace outpost::webhook {

struct HeaderInput {
    const WebhookSettings& settings;
    const model::StringMap& custom_headers;  ///< parse_custom_headers()
    const model::Destination& destination;
    const model::Event& event;
    std::optional<std::string> signature;  ///< nullopt = none is sent
    TimePoint time;                        ///< of this attempt
};

struct RequestHeaders {
    http::Headers fields;                   ///< canonical names, each once, sorted; without what the client writes
    std::vector<std::string> custom_names;  ///< the fields whose value is the owner's: for the first origin alone
    std::vector<std::string> left_out;      ///< metadata keys that can't be headers (B18), for the log
};

/// Content-Type, then custom headers, delivery metadata, signature and User-Agent; later ones win. Event metadata never
/// replaces the id, timestamp and signature headers (B19). Illegal bytes in a custom header stay: the client refuses
/// them, and the attempt fails (§2.9).
RequestHeaders build_headers(const HeaderInput& input);

}  // namespace outpost::webhook
