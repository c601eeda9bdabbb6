// What one reader thread reads with: its own read-only connections (design.md §4, §5).
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/control/tenant_reads.hpp"
#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/read/names.hpp"

#include <list>

namespace outpost::embedded {

/// One reader thread's.
class ReadSession {
public:
    static Result<std::unique_ptr<ReadSession>> open(const DataPaths& paths, const SegmentDirectory& segments,
                                                     const Sealer& sealer);

    /// The segments as they are now; rows below a tail's size() are visible to new statements.
    std::shared_ptr<const SegmentList> segments() const { return segments_.list(); }
    /// A connection to the segment; valid until the next call. @return unavailable, with lost_segment() when retention
    /// has taken the file since segments() was called
    Result<Database*> connection(const Segment& segment);
    /// Where the event that was accepted at this place was carried to; none: nowhere.
    Result<std::optional<model::EventRef>> carried_to(model::EventRef event);
    /// Whether a read failed because its segment has gone: it is to be begun anew. Forgets it.
    bool lost_segment() { return std::exchange(lost_segment_, false); }
    /// Closes the files of segments that are gone, so that the disk gets their space back.
    void close_removed();
    Names& names() { return names_; }
    TenantReads& tenants() { return tenants_; }
    /// The connection to control.db, for reading alone.
    Database& control() { return control_; }
    /// See Database::interrupt_when; for all connections of the session.
    void interrupt_when(std::function<bool()> stop);

private:
    ReadSession(Database control, const SegmentDirectory& segments, const Sealer& sealer);

    static constexpr std::size_t kConnectionsMax = 20;
    struct Connection {
        std::uint32_t number;
        bool sealed;
        Database database;
    };
    Database control_;
    const SegmentDirectory& segments_;
    Names names_;
    TenantReads tenants_;
    std::list<Connection> connections_;  // most recently used first
    std::function<bool()> stop_;
    bool lost_segment_ = false;
};

}  // namespace outpost::embedded
