// Open publishers, one a destination version (decision B9, pipeline.md W21).
#pragma once

#include "ports/destination.hpp"

#include <list>
#include <map>
#include <unordered_map>

namespace outpost::pipeline {

inline constexpr std::size_t kPublishersMax = 4096;  ///< of one shard; the least recently used goes when it is idle

/// type → provider, of one shard.
using ProviderMap = std::map<std::string, ports::DestinationProvider*, std::less<>>;

/// One a shard, on its thread.
class Publishers {
public:
    explicit Publishers(ProviderMap providers) : providers_(std::move(providers)) {}

    /// The publisher of this very version; a newer version replaces an older one. The pointer keeps it open while a
    /// send runs. @return invalid when the stored configuration can't work; not_found when this build lacks the type
    Result<std::shared_ptr<ports::Publisher>> get(const std::shared_ptr<const model::StoredDestination>& destination);

    /// One attempt through it. A publisher that can't be opened fails it with `ERR`, one that throws with
    /// `internal_error`: a destination's bug fails that attempt and nothing else (decision B12).
    /// @return an Error when *we* could not try (B11): cancelled, or as Publisher::send
    Task<Result<model::Outcome>> send(model::Delivery delivery,
                                      std::shared_ptr<const model::StoredDestination> destination, TimePoint started,
                                      Deadline deadline);

private:
    struct Open {
        std::uint64_t version;
        std::uint32_t incarnation;
        std::shared_ptr<ports::Publisher> publisher;  // shared with the sends that run
        std::list<std::uint32_t>::iterator use;
    };
    ProviderMap providers_;
    std::unordered_map<std::uint32_t, Open> open_;
    std::list<std::uint32_t> uses_;  ///< most recent first
};

}  // namespace outpost::pipeline
