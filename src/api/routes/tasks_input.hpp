// The bodies of recover and bulk retry (portal.md §15a N4). Pure.
#pragma once

#include "manage/refusal/refusal.hpp"
#include "pipeline/recover/request.hpp"

namespace outpost::api {

inline constexpr std::size_t kRecoverNamesMax = 100;  ///< of `topics`, and of `codes`

struct RecoverCommand {
    pipeline::RecoverRequest request;
    bool dry_run = false;
};

/// The body of recover; tenant and destination are the path's. Refusals name the wrong member.
/// @param now  the default of `until`
manage::Granted<RecoverCommand> parse_recover(std::string_view body, TimePoint now);

/// The body of bulk retry. @param own  the tenant of a token, which may leave `tenant_id` out and name no other
manage::Granted<RecoverCommand> parse_bulk_retry(std::string_view body, const std::optional<TenantId>& own,
                                                 TimePoint now);

}  // namespace outpost::api
