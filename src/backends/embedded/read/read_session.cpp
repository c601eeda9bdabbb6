#include "backends/embedded/read/read_session.hpp"

namespace outpost::embedded {
namespace {

constexpr const char* kPragmas = "PRAGMA cache_size=-256; PRAGMA mmap_size=0; PRAGMA query_only=1;";

}  // namespace

ReadSession::ReadSession(Database control, const SegmentDirectory& segments, const Sealer& sealer)
    : control_(std::move(control)), segments_(segments), names_(control_), tenants_(control_, sealer) {}

Result<std::unique_ptr<ReadSession>> ReadSession::open(const DataPaths& paths, const SegmentDirectory& segments,
                                                       const Sealer& sealer) {
    TRY(Database control, Database::open(paths.control(), OpenMode::read_only));
    TRY_VOID(control.execute(kPragmas));
    return std::unique_ptr<ReadSession>(new ReadSession(std::move(control), segments, sealer));
}

Result<Database*> ReadSession::connection(const Segment& segment) {
    const auto known = std::ranges::find_if(connections_, [&](const Connection& candidate) {
        return candidate.number == segment.number && candidate.sealed == segment.sealed();
    });
    if (known != connections_.end()) {
        connections_.splice(connections_.begin(), connections_, known);
    } else {
        auto database = Database::open(segment.file, segment.sealed() ? OpenMode::immutable : OpenMode::read_only);
        if (!database) {
            lost_segment_ = SegmentDirectory::find(*segments_.list(), segment.number) == nullptr;
            return fail(database.error());
        }
        TRY_VOID(database->execute(kPragmas));
        connections_.push_front({segment.number, segment.sealed(), std::move(*database)});
        if (connections_.size() > kConnectionsMax) connections_.pop_back();
        // An unsealed segment's connection would keep its WAL alive once it is sealed.
        connections_.remove_if([&](const Connection& candidate) {
            return segment.sealed() && candidate.number == segment.number && !candidate.sealed;
        });
    }
    Database& database = connections_.front().database;
    database.interrupt_when(stop_);
    return &database;
}

Result<std::optional<model::EventRef>> ReadSession::carried_to(model::EventRef event) {
    TRY(Statement rows, control_.prepare("SELECT segment, row FROM carried_events WHERE event_segment = ? AND"
                                         " event_row = ?"));
    rows.bind(1, event.segment).bind(2, event.row);
    TRY(const bool found, rows.step());
    if (!found) return std::nullopt;
    return model::EventRef{static_cast<std::uint32_t>(rows.integer(0)), static_cast<std::uint32_t>(rows.integer(1))};
}

void ReadSession::close_removed() {
    const auto list = segments_.list();
    connections_.remove_if(
        [&](const Connection& connection) { return SegmentDirectory::find(*list, connection.number) == nullptr; });
}

void ReadSession::interrupt_when(std::function<bool()> stop) {
    stop_ = std::move(stop);
    control_.interrupt_when(stop_);
}

}  // namespace outpost::embedded
