// What may be a header's name or value, and its canonical form (destinations.md §2.3, §2.7).
#pragma once

#include <string>
#include <string_view>

namespace outpost::webhook {

/// First letter and letters after `-` in upper case, the rest in lower case; unchanged if it is no legal name.
std::string canonical_name(std::string name);

/// A token (RFC 9110 §5.6.2).
bool is_legal_name(std::string_view name);
/// No control characters but the tab; bytes over 0x7F are legal.
bool is_legal_value(std::string_view value);

/// The rule for names that people choose: ^[a-zA-Z0-9][a-zA-Z0-9_-]*$.
bool is_choosable_name(std::string_view name);
/// content-type, content-length, host, connection, user-agent, in any case.
bool is_reserved_name(std::string_view name);

}  // namespace outpost::webhook
