// A change of a destination: merge-patch of one level (api.md §8.9, destinations.md §1.6). All pure.
#pragma once

#include "manage/destinations/rules.hpp"
#include "manage/input/raw_object.hpp"

#include <memory>

namespace outpost::manage {

/// The body of PATCH …/destinations/{id}, kept as text: most of its checks come only after the destination was found.
class PatchRequest {
public:
    /// @return invalid "invalid JSON", also for an empty body
    static Granted<PatchRequest> parse(std::string body);
    const RawObject& members() const { return members_; }

private:
    std::shared_ptr<const std::string> body_;  // shared: copies of the request keep the text that `members_` views
    RawObject members_;
};

/// The changed destination. Checks in the order of api.md §8.9: topics, type, config, credentials, filter,
/// delivery_metadata, metadata, disabled_at, preprocessing, and validation if config or credentials changed.
/// `updated_at` becomes `now`, whatever was sent.
Granted<model::Destination> apply_patch(const PatchRequest& patch, const model::Destination& stored, ports::Role role,
                                        TimePoint now, const Catalog& catalog, const DestinationRules& rules);

}  // namespace outpost::manage
