// Public ids as small types, so that arguments can't be swapped.
#pragma once

#include <compare>
#include <functional>
#include <string>
#include <string_view>

namespace outpost {

/// A public id: opaque text, case-sensitive. The tag keeps the kinds apart.
template <class Tag>
struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    explicit Id(std::string_view text) : value(text) {}
    explicit Id(const char* text) : value(text) {}
    bool empty() const { return value.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using TenantId = Id<struct TenantIdTag>;
using DestinationId = Id<struct DestinationIdTag>;
using EventId = Id<struct EventIdTag>;
using AttemptId = Id<struct AttemptIdTag>;

}  // namespace outpost

template <class Tag>
struct std::hash<outpost::Id<Tag>> {
    std::size_t operator()(const outpost::Id<Tag>& id) const { return std::hash<std::string>{}(id.value); }
};
