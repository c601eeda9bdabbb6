// Opaque keyset cursors, version 01 (api.md §4.5, storage.md §8.3, decision D5).
#pragma once

#include "base/result.hpp"
#include "model/page.hpp"

#include <string>
#include <string_view>

namespace outpost::model {

enum class CursorKind {
    event,    ///< evtv01:<ms>::<id>
    attempt,  ///< attv01:<ms>::<id>
    tenant,   ///< tntv01:<ms>::<id>; tntv01:<ms> is read too
};

std::string encode_cursor(CursorKind kind, const Position& position);

/// @return none when the position can't be used (events and attempts: the first page); invalid with the contract's
/// texts "invalid cursor", "cursor version mismatch: expected version 01", for tenants prefixed with "invalid cursor: "
Result<std::optional<Position>> decode_cursor(CursorKind kind, std::string_view text);

}  // namespace outpost::model
