// Inner numbers to public ids and back, for readers.
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "base/id.hpp"

#include <unordered_map>
#include <vector>

namespace outpost::embedded {

/// Numbers never change their meaning, so what was read once stays true. One reader's thread.
class Names {
public:
    explicit Names(Database& control) : control_(control) {}

    Result<TenantId> tenant(std::uint32_t number);
    Result<DestinationId> destination(std::uint32_t number);
    /// none: no such tenant id was ever seen.
    Result<std::optional<std::uint32_t>> tenant_number(const TenantId& id);
    /// The numbers of a public destination id: one a tenant, or only the one of `tenant`.
    Result<std::vector<std::uint32_t>> destination_numbers(const DestinationId& id,
                                                           const std::vector<std::uint32_t>& tenants);

private:
    static constexpr std::size_t kNamesMax = 65'536;  // each cache; emptied when it is full
    Database& control_;
    std::unordered_map<std::uint32_t, std::string> tenants_;
    std::unordered_map<std::uint32_t, std::string> destinations_;
};

}  // namespace outpost::embedded
