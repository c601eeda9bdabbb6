// Which client-chosen event ids were seen within the idempotency window (decision A6).
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/log/segment_file.hpp"

#include <list>
#include <unordered_map>

namespace outpost::embedded {

/// An earlier event of the same id.
struct SeenEvent {
    model::EventRef ref;
    std::vector<model::DestinationKey> destinations;
};

/// Looks in the tails of unsealed segments, then in the indexes of sealed ones that reach into the window, newest
/// first. Ids are compared as text: a collision of hashes is no duplicate. Log thread only.
class IdWindow {
public:
    explicit IdWindow(SegmentDirectory& segments) : segments_(segments) {}

    /// @param since  events received before this are outside the window
    /// @return unavailable when a segment can't be read now. A damaged one is passed over: a duplicate is better than
    /// no service.
    Result<std::optional<SeenEvent>> find(std::uint32_t tenant, const EventId& id, TimePoint since);
    /// Whether an unsealed segment has this attempt.
    Result<bool> has_attempt(const AttemptId& id);
    /// Closes the files of segments that are gone, so that the disk gets their space back.
    void close_removed();

private:
    Result<Database*> connection(const Segment& segment);
    Result<std::optional<SeenEvent>> find_in(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                             std::int64_t since_ms);
    Result<std::optional<SeenEvent>> find_in_tail(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                                  std::int64_t since_ms);
    Result<std::optional<SeenEvent>> find_sealed(const Segment& segment, std::uint32_t tenant, const EventId& id,
                                                 std::int64_t since_ms);

    static constexpr std::size_t kConnectionsMax = 8;
    struct Connection {
        std::uint32_t number;
        bool sealed;
        Database database;
    };
    SegmentDirectory& segments_;
    std::list<Connection> connections_;  // most recently used first
};

}  // namespace outpost::embedded
