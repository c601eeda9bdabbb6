// Which deliveries a person wants again, all at once (portal.md §15a N4), and the form in which that waits in a task.
#pragma once

#include "base/id.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outpost::pipeline {

inline constexpr unsigned kPaceDefault = 50;
inline constexpr unsigned kPaceMax = 1'000;
inline constexpr std::size_t kListedDeliveriesMax = 1'000;

enum class RecoverMode {
    failed,           ///< the newest outcome is a failure, and nothing is open
    never_succeeded,  ///< tried in vain, never delivered, and nothing is open
    missing,          ///< would match now, but was never accepted for the destination, or skipped while it was disabled
    listed,           ///< just these
};

/// Its name in parameters.
std::string_view to_string(RecoverMode mode);
/// @return none for any other text
std::optional<RecoverMode> parse_recover_mode(std::string_view text);

struct ListedDelivery {
    EventId event;
    DestinationId destination;

    bool operator==(const ListedDelivery&) const = default;
};

inline constexpr std::string_view kRecoverTask = "recover";
inline constexpr std::string_view kBulkRetryTask = "bulk_retry";

struct RecoverRequest {
    std::string type;  ///< kRecoverTask or kBulkRetryTask
    TenantId tenant;
    DestinationId destination;  ///< empty: all of the tenant. Never empty for `missing`
    RecoverMode mode = RecoverMode::failed;
    /// Of attempts for `failed` and `never_succeeded`, of events for `missing`: from `since` on, before `until`, which
    /// is never in the future. A listed delivery that arrives after `since` is not repeated.
    TimePoint since;
    TimePoint until;
    std::vector<std::string> topics;     ///< exact; empty: all
    std::vector<std::string> codes;      ///< of the attempt; empty: all
    std::vector<ListedDelivery> listed;  ///< for `listed`; at most kListedDeliveriesMax
    unsigned pace_per_second = kPaceDefault;

    bool operator==(const RecoverRequest&) const = default;
};

using RecoverRequestPtr = std::shared_ptr<const RecoverRequest>;  // shared: every step of a scan reads it

/// A JSON object as it is shown: everything but the list, of which it has the length.
std::string to_parameters(const RecoverRequest& request);
/// The list; empty when there is none.
std::string to_work(const RecoverRequest& request);
/// @return corrupt when these are not what the two above wrote
Result<RecoverRequest> read_request(std::string type, TenantId tenant, std::string_view parameters,
                                    std::string_view work);

}  // namespace outpost::pipeline
