// The file rollup.db: metric cells and how far they follow the log. Deletable: it is made again from the log.
#pragma once

#include "backends/embedded/sqlite/database.hpp"
#include "model/event.hpp"

namespace outpost::embedded {

/// In a data directory.
std::filesystem::path rollup_path(const std::filesystem::path& directory);

/// Opens it for writing, or makes it. `synchronous=NORMAL`: a power cut costs the last step, which is folded again
/// (docs/adr/0007). @return corrupt when it is damaged or of another format: remove_rollup() and try again
Result<Database> open_rollup(const std::filesystem::path& file);
/// Removes the file and its side files, if they are there. Readers that have it open keep what they see.
Result<void> remove_rollup(const std::filesystem::path& file);

/// The first place that the cells do not count. Segments before it have cells of every span, its own only of minutes.
Result<model::EventRef> read_rollup_watermark(Database& rollup);

}  // namespace outpost::embedded
