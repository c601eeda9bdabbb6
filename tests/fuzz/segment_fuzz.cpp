// A segment of the log that was damaged on disk (hard-cases T-03, T-06): recovery and reads give a clear error or what
// was written, never anything else. First byte: what is damaged — 0 the file of an open segment, 1 the WAL beside it, 2
// a file whose WAL was copied back, 3 a sealed one; then the damages (fuzz/damage.hpp).
#include "backends/embedded/engine/recovery.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/seal/segment_sealer.hpp"
#include "fuzz/damage.hpp"

#include <cstring>

namespace outpost::fuzz {

void segment_fuzz(std::string_view input);

namespace {

using namespace embedded;

constexpr std::size_t kRowsMax = 1024;
constexpr std::size_t kRounds = 6;              // of event, attempt, event, decision
constexpr std::size_t kLongDataBytes = 20'000;  // over several pages
constexpr TimePoint kNow = TimePoint(Milliseconds(1'767'323'045'678));

/// What was written, row by row.
struct Written {
    std::map<std::uint32_t, ports::Acceptance> events;
    std::map<std::uint32_t, ports::Settlement> attempts;
    std::map<std::uint32_t, DecisionRow> decisions;
    std::vector<TailEntry> tail;
    std::string file, wal;     // as they lie while the segment is open
    std::string checkpointed;  // everything in one file
    std::string sealed;
};

ports::Acceptance make_event(std::uint32_t row) {
    auto event = std::make_shared<model::Event>();
    event->id = EventId(fmt::format("evt_{:04}", row));
    event->topic = row % 8 == 0 ? "user.created" : "user.deleted";
    event->time = kNow + Milliseconds(row);
    event->received = kNow + Milliseconds(row + 1);
    event->eligible_for_retry = row % 8 != 0;
    if (row % 8 == 0) event->metadata = {{"source", fmt::format("test {}", row)}};
    event->data =
        Bytes(fmt::format(R"({{"row":{},"text":"{}"}})", row, std::string(row == 10 ? kLongDataBytes : row, 'x')));
    return {.event = event, .tenant = row + 1, .destinations = {{row + 1, row + 2, 1}, {row + 1, row + 3, 2}}};
}

ports::Settlement make_attempt(std::uint32_t row, const model::EventPtr& event) {
    ports::Settlement settlement;
    settlement.key = {.event = {1, row - 1}, .destination = {row, row + 1, 1}};
    settlement.event = event;
    settlement.attempt = {.id = AttemptId(fmt::format("att_{:04}", row)),
                          .number = row,
                          .manual = row % 3 == 0,
                          .status = row % 2 == 0 ? model::AttemptStatus::success : model::AttemptStatus::failed,
                          .time = kNow + Milliseconds(row),
                          .duration = Milliseconds(row),
                          .code = "500",
                          .response_data = R"({"status":500,"body":"no"})",
                          .destination_type = "webhook"};
    if (row % 8 == 1) settlement.next_due = kNow + std::chrono::seconds(row);
    settlement.next_manual = row % 8 == 5;
    return settlement;
}

DecisionRow make_decision(std::uint32_t row) {
    DecisionRow decision;
    decision.decision = {.key = {.event = {1, row - 1}, .destination = {row, row + 1, 1}},
                         .kind = row % 8 == 3 ? ports::DecisionKind::redeliver : ports::DecisionKind::skipped,
                         .time = kNow + Milliseconds(row),
                         .reason = "requested"};
    decision.attempts = row;
    if (row % 8 == 3) decision.due_ms = unix_ms(kNow);
    return decision;
}

void append(SegmentWriter& writer, Written& written) {
    const auto row = static_cast<std::uint32_t>(written.tail.size());
    Result<void> done;
    if (row % 4 == 1) {
        const ports::Settlement settlement = make_attempt(row, written.events.at(row - 1).event);
        done = writer.append_attempt(row, settlement);
        written.tail.push_back(tail_entry_of(settlement));
        written.attempts.emplace(row, settlement);
    } else if (row % 4 == 3) {
        const DecisionRow decision = make_decision(row);
        done = writer.append_decision(row, decision);
        written.tail.push_back(tail_entry_of(decision));
        written.decisions.emplace(row, decision);
    } else {
        const ports::Acceptance acceptance = make_event(row);
        done = writer.append_event(row, acceptance);
        written.tail.push_back(tail_entry_of(acceptance, 0));
        written.events.emplace(row, acceptance);
    }
    ASSERT(done.has_value());
}

Written write_segment() {
    const ScratchFolder folder;
    const std::filesystem::path file = segment_path(folder.path(), 1);
    Written written;
    {
        auto writer = SegmentWriter::open(file);
        ASSERT(writer.has_value());
        for (std::size_t round = 0; round < kRounds; ++round) {
            ASSERT(writer->begin().has_value());
            for (std::size_t i = 0; i < 4; ++i) append(*writer, written);
            ASSERT(writer->commit().has_value());
            if (round == kRounds / 2) ASSERT(writer->checkpoint_passive().has_value());
        }
        written.file = read_file(file);
        written.wal = read_file(file.string() + "-wal");
    }
    written.checkpointed = read_file(file);
    ASSERT(seal_segment(file).has_value());
    written.sealed = read_file(file);
    return written;
}

const Written& written() {
    static const Written once = write_segment();
    return once;
}

void check_event(std::uint32_t row, const StoredEvent& stored) {
    const auto original = written().events.find(row);
    ASSERT(original != written().events.end());
    const model::Event& expected = *original->second.event;
    ASSERT(stored.event->id == expected.id && stored.event->data == expected.data);
    ASSERT(stored.event->metadata == expected.metadata && stored.event->topic == expected.topic);
    ASSERT(stored.event->time == expected.time && stored.event->received == expected.received);
    ASSERT(stored.event->eligible_for_retry == expected.eligible_for_retry);
    ASSERT(stored.tenant == original->second.tenant);
    ASSERT(std::ranges::equal(
        stored.destinations, original->second.destinations, {},
        [](const TailDestination& one) { return std::pair(one.destination, one.incarnation); },
        [](const model::DestinationKey& one) { return std::pair(one.destination, one.incarnation); }));
}

/// Whatever still can be read of the events is what was written.
Result<std::size_t> read_events(Database& database, std::string_view condition) {
    std::size_t read = 0;
    for (const auto& [row, acceptance] : written().events) {
        TRY(Statement rows, database.prepare(fmt::format("SELECT {} FROM events WHERE {}", kEventColumns, condition)));
        if (condition.starts_with("row")) rows.bind(1, row);
        else rows.bind(1, acceptance.event->id.value);
        TRY(const bool found, rows.step());
        if (!found) continue;
        TRY(const StoredEvent stored, read_stored_event(rows, 0, TenantId("t1")));
        check_event(static_cast<std::uint32_t>(rows.integer(0)), stored);
        ++read;
    }
    return read;
}

/// A tail is the beginning of what was written: transactions that a damaged WAL has lost may be missing at its end.
void check_tail(const Tail& tail) {
    ASSERT(tail.size() <= written().tail.size());
    for (std::size_t row = 0; row < tail.size(); ++row) {
        TailEntry expected = written().tail[row];
        const TailEntry& found = tail[row];
        if (found.kind == RowKind::event) {
            const auto& matched = written().events.at(static_cast<std::uint32_t>(row)).destinations;
            const auto destinations = tail.destinations_of(found);
            ASSERT(destinations.size() == matched.size());
            for (std::size_t i = 0; i < matched.size(); ++i) {
                ASSERT(destinations[i].destination == matched[i].destination);
                ASSERT(destinations[i].incarnation == matched[i].incarnation);
            }
            expected.event_segment = found.event_segment;
        }
        ASSERT(std::memcmp(&expected, &found, sizeof found) == 0);
    }
}

/// A manifest in which nothing is sealed.
Database& empty_control() {
    static const ScratchFolder folder;
    static auto control = open_control(folder.path() / "control.db");
    ASSERT(control.has_value());
    return *control;
}

/// As the engine recovers an unsealed segment.
Result<std::size_t> recover(const std::filesystem::path& folder) {
    SegmentDirectory segments;
    const EngineSettings settings{.directory = folder, .segment_rows_max = kRowsMax};
    TRY_VOID(recover_segments(DataPaths{folder}, settings, empty_control(), segments));
    const SegmentPtr segment = segments.list()->back();
    check_tail(*segment->tail);
    TRY(Database database, Database::open(segment->file, OpenMode::read_only));
    TRY_VOID(read_events(database, "row = ?"));
    return segment->tail->size();
}

/// Whoever reads it knows what to look at: the file, or, of a file that was given, the row.
void check_error(const Error& error, bool names_row) {
    const std::string text = error.describe();
    ASSERT(text.contains("00000001.db") || (names_row && text.contains("row ")));
}

Result<std::size_t> read_sealed(const std::filesystem::path& file) {
    TRY(Database database, Database::open(file, OpenMode::immutable));
    TRY_VOID(read_events(database, "row = ?"));
    return read_events(database, "id = ?");
}

}  // namespace

void segment_fuzz(std::string_view bytes) {
    static const ScratchFolder folder;
    folder.clear();
    const DataPaths paths{folder.path()};
    std::filesystem::create_directory(paths.log());
    const std::filesystem::path file = segment_path(paths.log(), 1);
    Input input(bytes);
    const std::uint8_t what = input.byte() % 4;
    const bool untouched = input.empty();
    std::string content = what == 3 ? written().sealed : what == 2 ? written().checkpointed : written().file;
    std::string wal = what < 2 ? written().wal : std::string();
    damage(what == 1 ? wal : content, input);
    write_file(file, content);
    if (what < 2) write_file(file.string() + "-wal", wal);

    const Result<std::size_t> rows = what == 3 ? read_sealed(file) : recover(paths.root);
    if (!rows) check_error(rows.error(), what == 3 || SegmentWriter::open(file).has_value());
    const std::size_t all = what == 3 ? written().events.size() : written().tail.size();
    ASSERT(!untouched || (rows.has_value() && *rows == all));
}

}  // namespace outpost::fuzz
