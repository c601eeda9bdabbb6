// Follows the log and counts it into cells (design.md §4, storage.md §16.5).
#pragma once

#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/rollup/cell.hpp"
#include "backends/embedded/rollup/rollup_file.hpp"

namespace outpost::embedded {

inline constexpr std::size_t kRollupStepRows = 32 * 1024;  ///< of one step, with destinations: 9 MB of counts at most

/// A segment as the rollup reads it: from its file, whether it is sealed or not.
struct RollupSource {
    std::uint32_t number = 0;
    std::filesystem::path file;
    std::size_t rows = 0;
    bool sealed = false;
    bool finished = false;  ///< takes no more rows
};
std::vector<RollupSource> rollup_sources(const SegmentList& segments);

/// On one thread at a time; the file is opened with the first step. Never needed for anything but speed: until it has
/// counted a row, readers count that row themselves.
class Rollup {
public:
    explicit Rollup(std::filesystem::path file) : file_(std::move(file)) {}

    /// Counts about kRollupStepRows rows; cells and watermark in one commit. Forgets the cells of segments that are
    /// gone. A damaged file, or one that is ahead of the log, is begun anew. @return whether more rows wait
    Result<bool> step(const std::vector<RollupSource>& sources);
    /// The next step begins the file anew.
    void distrust() { distrusted_ = true; }

    /// The first place that was not counted. Before the first step: unknown, the very first.
    model::EventRef watermark() const { return watermark_; }

private:
    struct Open {
        Database database;
        Statement add_event, add_attempt, move;
    };
    using Counts = std::map<Cell, std::uint64_t>;  // in the order of the table: its pages are met once
    /// What one step does to one segment.
    struct Work {
        RollupSource source;
        std::uint32_t first = 0;
        std::uint32_t end = 0;
        std::uint32_t oldest = 0;  ///< segment that is there
        Counts events, attempts;
        bool finishes() const { return source.finished && end >= source.rows; }
    };

    Result<void> ensure_open();
    Result<void> prepare(const std::vector<RollupSource>& sources);
    Result<void> discard(std::string_view reason);
    bool is_ahead_of(const std::vector<RollupSource>& sources) const;
    std::optional<Work> next_work(const std::vector<RollupSource>& sources) const;
    static Result<void> count(Work& work);
    Result<void> store(const Work& work);
    Result<void> write(const Work& work);
    Result<void> add_long_spans(std::uint32_t segment);
    Result<void> forget_before(std::uint32_t segment);

    std::filesystem::path file_;
    std::optional<Open> open_;
    model::EventRef watermark_;
    std::uint32_t oldest_ = 0;  ///< segments before it have no cells
    bool distrusted_ = false;
};

/// Makes the rollup of a directory anew, from the segments in `log_directory`, whose files nobody writes: for
/// `outpost db reindex`. Blocks: some seconds for a million rows. No effect but the file.
Result<void> rebuild_rollup(const std::filesystem::path& directory, const std::filesystem::path& log_directory);

}  // namespace outpost::embedded
