#include "backends/embedded/tools/reindex.hpp"

#include "backends/embedded/engine/directory_lock.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "backends/embedded/engine/retention.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/rollup/rollup.hpp"
#include "backends/embedded/rollup/rollup_file.hpp"
#include "backends/embedded/seal/segment_sealer.hpp"
#include "backends/embedded/tools/fold_log.hpp"

namespace outpost::embedded {
namespace {

/// Indexes of every finished segment. Those that are there stay.
Result<std::vector<Segment>> seal_finished(const DataPaths& paths, std::uint32_t first_segment, const Say& say) {
    std::vector<Segment> sealed;
    TRY(const auto numbers, list_segments(paths.log()));
    for (const std::uint32_t number : numbers) {
        if (number < first_segment || number == numbers.back()) continue;
        const std::filesystem::path file = segment_path(paths.log(), number);
        TRY(const auto rows, rows_of_finished(paths, number));
        auto range = seal_segment(file, rows);
        if (!range) {
            return fail(Error(range.error().code(), fmt::format("{} can't be indexed", file.string()), range.error()));
        }
        say(fmt::format("log/{:08}.db  {} rows indexed", number, range->rows));
        sealed.push_back({.number = number, .file = file, .tail = nullptr, .range = *range});
    }
    return sealed;
}

Result<void> attach(Database& control, const std::filesystem::path& folded) {
    TRY(Statement attach, control.prepare("ATTACH ? AS folded"));
    const std::string file = folded.string();
    attach.bind(1, std::string_view(file));
    return attach.run();
}

/// Where each destination's count of failures begins, for the fold; nothing that is secret.
Result<void> lend_destinations(const DataPaths& paths, const std::filesystem::path& scratch) {
    TRY_VOID(open_control(scratch));  // makes the tables
    TRY(Database control, Database::open(paths.control(), OpenMode::existing));
    TRY_VOID(attach(control, scratch));
    return control.execute(
        "INSERT INTO folded.tenants (number, id) SELECT number, id FROM main.tenants;"
        "INSERT INTO folded.destinations (number, tenant, id, incarnation, version, type, topics, filter, config,"
        " metadata, created_at, updated_at, deleted_at, counter_from, counter_since) SELECT number, tenant, id, "
        "incarnation, version,"
        " '', '[]', '', '{}', '{}', 0, 0, deleted_at, counter_from, counter_since FROM main.destinations");
}

/// In one transaction: a segment must not count as sealed while the projections have not seen it.
Result<void> replace(Database& control, const std::filesystem::path& folded, const std::vector<Segment>& sealed,
                     TimePoint now) {
    TRY_VOID(attach(control, folded));
    TRY(Transaction transaction, Transaction::begin(control));
    TRY_VOID(
        control.execute("UPDATE folded.destination_watch SET exhausted_at = (SELECT known.exhausted_at FROM"
                        " main.destination_watch known WHERE known.destination = folded.destination_watch.destination"
                        " AND known.incarnation = folded.destination_watch.incarnation)"));
    for (const char* table : {"open_deliveries", "carried_events", "destination_watch"}) {
        TRY_VOID(control.execute(fmt::format("DELETE FROM main.{0}", table).c_str()));
        TRY_VOID(control.execute(fmt::format("INSERT INTO main.{0} SELECT * FROM folded.{0}", table).c_str()));
    }
    TRY_VOID(
        control.execute("DELETE FROM main.projection WHERE name = 'open_deliveries';"
                        "INSERT INTO main.projection SELECT * FROM folded.projection WHERE name ="
                        " 'open_deliveries';"
                        "DELETE FROM main.segments; DELETE FROM main.late_times"));
    for (const Segment& segment : sealed) TRY_VOID(write_manifest(control, segment, now));
    return transaction.commit();
}

/// rollup.db: needed for speed alone, so that it comes last.
Result<void> count_anew(const DataPaths& paths, const std::vector<Segment>& sealed, std::uint32_t newest) {
    TRY_VOID(remove_rollup(rollup_path(paths.root)));
    SegmentDirectory segments;
    for (const Segment& segment : sealed) segments.put(segment);
    const std::filesystem::path file = segment_path(paths.log(), newest);
    TRY(Database open_one, Database::open(file, OpenMode::read_only));
    TRY(auto tail, load_tail(open_one, 1));
    segments.put({.number = newest, .file = file, .tail = std::move(tail), .range = {}});
    Rollup rollup(rollup_path(paths.root));
    while (true) {
        TRY(const bool more, rollup.step(rollup_sources(*segments.list())));
        if (!more) return {};
    }
}

}  // namespace

Result<void> reindex_data(const DataPaths& paths, const Clock& clock, const Say& say) {
    TRY_VOID(expect_data(paths));
    TRY(const DirectoryLock lock, DirectoryLock::take(paths.lock()));
    TRY(Database control, open_control(paths.control()));
    TRY(const std::uint32_t first_segment, first_segment_kept(control));
    TRY(const ScratchDatabase scratch, ScratchDatabase::make(paths.root));
    TRY_VOID(lend_destinations(paths, scratch.file()));
    TRY(const model::EventRef reached, fold_log(paths, first_segment, std::nullopt, scratch.file()));
    TRY(const auto sealed, seal_finished(paths, first_segment, say));
    TRY_VOID(replace(control, scratch.file(), sealed, clock.now()));
    TRY(const auto numbers, list_segments(paths.log()));
    if (!numbers.empty()) TRY_VOID(count_anew(paths, sealed, numbers.back()));
    TRY(const auto open, control.query_integer("SELECT count(*) FROM open_deliveries"));
    say(fmt::format("control.db  {} open deliveries, as of segment {} row {}", open.value_or(0), reached.segment,
                    reached.row));
    return {};
}

}  // namespace outpost::embedded
