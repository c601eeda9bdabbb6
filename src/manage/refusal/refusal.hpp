// Why a request to manage something was refused. Only the API knows the HTTP statuses of these (style.md §4).
#pragma once

#include "base/result.hpp"
#include "ports/destination.hpp"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::manage {

enum class RefusalKind {
    invalid,      ///< the request can't be carried out as written (422)
    denied,       ///< not for this role (403)
    not_found,    ///< (404)
    taken,        ///< the id is in use (400)
    limited,      ///< a limit of the tenant was reached (400)
    contended,    ///< others kept changing the same thing; safe to repeat (409)
    unavailable,  ///< our store failed; `message` is for logs, never for clients (500)
};

/// `message` and `details` are texts of the contract (api.md §3.2–3.4), shown to clients as they are.
struct Refusal {
    RefusalKind kind = RefusalKind::invalid;
    std::string message;
    std::vector<std::string> details;

    bool operator==(const Refusal&) const = default;
};

/// What was asked for, or why not.
template <class T>
using Granted = std::expected<T, Refusal>;

std::unexpected<Refusal> refuse(RefusalKind kind, std::string message);
/// "validation error" with its lines (api.md §3.2).
std::unexpected<Refusal> refuse_fields(std::vector<std::string> lines);
/// "invalid JSON": syntax, or a member of the wrong JSON type (api.md §3.2).
std::unexpected<Refusal> refuse_json();

/// "config.url is required" and its siblings, or the field and a rule that begins with "must"; the field in lower case
/// (destinations.md §1.5).
std::string problem_line(std::string_view field, std::string_view rule);
/// A provider's rejection as clients see it: lines, or one message.
Refusal to_refusal(const ports::Rejection& rejection);
/// A store's error: not_found with `not_found_message`; everything unforeseen is unavailable.
Refusal to_refusal(const Error& error, std::string_view not_found_message);

}  // namespace outpost::manage
