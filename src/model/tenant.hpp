// A customer of the platform that runs Outpost (api.md §7.1).
#pragma once

#include "base/id.hpp"
#include "base/time.hpp"
#include "model/string_map.hpp"

#include <vector>

namespace outpost::model {

struct Tenant {
    TenantId id;
    StringMap metadata;
    TimePoint created_at;
    TimePoint updated_at;  ///< moves on PUT only, not when destinations change

    bool operator==(const Tenant&) const = default;
};

}  // namespace outpost::model
