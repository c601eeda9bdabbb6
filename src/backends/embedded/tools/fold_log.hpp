// What the projections must hold, worked out from the log alone.
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "model/event.hpp"

namespace outpost::embedded {

/// A folder of its own for a database that nobody needs afterwards.
class ScratchDatabase {
public:
    /// In `directory`, where there is room for it: as large as `open_deliveries`.
    static Result<ScratchDatabase> make(const std::filesystem::path& directory);
    ~ScratchDatabase();
    ScratchDatabase(ScratchDatabase&& other) noexcept : folder_(std::exchange(other.folder_, {})) {}
    ScratchDatabase& operator=(ScratchDatabase&&) = delete;
    std::filesystem::path file() const { return folder_ / "projections.db"; }

private:
    explicit ScratchDatabase(std::filesystem::path folder) : folder_(std::move(folder)) {}
    std::filesystem::path folder_;
};

/// Opens a segment without touching it when it has no WAL, so that nothing appears beside it.
Result<Database> open_quietly(const std::filesystem::path& file);

/// How many rows a segment has, as the next one says; none when that one does not know.
Result<std::optional<std::size_t>> rows_of_finished(const DataPaths& paths, std::uint32_t number);

/// Runs every row of the log, in order, through the projector that the service uses, into a fresh `scratch`. Memory:
/// one segment's tail. @param up_to  where to stop; @return the first place behind what was read; corrupt naming the
/// file
Result<model::EventRef> fold_log(const DataPaths& paths, std::uint32_t first_segment,
                                 std::optional<model::EventRef> up_to, const std::filesystem::path& scratch);

}  // namespace outpost::embedded
