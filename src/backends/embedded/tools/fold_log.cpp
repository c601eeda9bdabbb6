#include "backends/embedded/tools/fold_log.hpp"

#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/project/projector.hpp"

#include <cerrno>
#include <cstring>
#include <unistd.h>

namespace outpost::embedded {
namespace {

/// The first `rows` entries of a tail.
std::shared_ptr<Tail> head_of(const Tail& tail, std::size_t rows) {
    auto head = std::make_shared<Tail>(std::max<std::size_t>(rows, 1));
    std::vector<TailEntry> entries;
    std::vector<TailDestination> destinations;
    for (std::size_t row = 0; row < rows; ++row) {
        TailEntry entry = tail[row];
        if (entry.kind == RowKind::event) {
            const auto matched = tail.destinations_of(entry);
            entry.event_segment = static_cast<std::uint32_t>(destinations.size());
            destinations.insert(destinations.end(), matched.begin(), matched.end());
        }
        entries.push_back(entry);
    }
    head->append(entries, destinations);
    return head;
}

/// Rows of a commit that failed may lie behind the end that the next segment knows: nobody was told of them.
Result<void> drop_refused(const DataPaths& paths, std::uint32_t number, std::shared_ptr<Tail>& tail) {
    TRY(const auto end, rows_of_finished(paths, number));
    if (end && *end < tail->size()) tail = head_of(*tail, *end);
    return {};
}

}  // namespace

Result<std::optional<std::size_t>> rows_of_finished(const DataPaths& paths, std::uint32_t number) {
    const std::filesystem::path next = segment_path(paths.log(), number + 1);
    std::error_code error;
    if (!std::filesystem::exists(next, error)) return std::nullopt;
    return rows_before(next);
}

Result<ScratchDatabase> ScratchDatabase::make(const std::filesystem::path& directory) {
    std::string name = (directory / "scratch-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        return fail(Errc::unavailable, fmt::format("cannot write to {}: {}", directory.string(), std::strerror(errno)));
    }
    return ScratchDatabase(name);
}

ScratchDatabase::~ScratchDatabase() {
    std::error_code error;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

Result<Database> open_quietly(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file.string() + "-wal", error);
    const bool has_wal = !error && size > 0;
    return Database::open(file, has_wal ? OpenMode::read_only : OpenMode::immutable);
}

Result<model::EventRef> fold_log(const DataPaths& paths, std::uint32_t first_segment,
                                 std::optional<model::EventRef> up_to, const std::filesystem::path& scratch) {
    TRY(Database database, open_control(scratch));  // the tables that the projector writes to
    TRY_VOID(database.execute("PRAGMA synchronous=OFF"));
    SegmentDirectory segments;
    Projector projector(database, segments, {.rules = {}, .topics = {}, .effects = false});
    TRY_VOID(projector.open());
    TRY(const auto numbers, list_segments(paths.log()));
    for (const std::uint32_t number : numbers) {
        if (number < first_segment || (up_to && number > up_to->segment)) continue;
        const std::filesystem::path file = segment_path(paths.log(), number);
        auto load = [&]() -> Result<std::shared_ptr<Tail>> {
            TRY(Database segment, open_quietly(file));
            return load_tail(segment, 1);
        };
        auto tail = load();
        if (!tail)
            return fail(Error(tail.error().code(), fmt::format("{} can't be read", file.string()), tail.error()));
        TRY_VOID(drop_refused(paths, number, *tail));
        if (up_to && number == up_to->segment && up_to->row < (*tail)->size()) *tail = head_of(**tail, up_to->row);
        segments.put({.number = number, .file = file, .tail = std::move(*tail), .range = {}});
        TRY_VOID(projector.catch_up());
        segments.remove(number);
    }
    return projector.watermark();
}

}  // namespace outpost::embedded
