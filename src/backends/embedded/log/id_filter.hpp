// Which ids a sealed segment may have: a blocked Bloom filter in a mapped side file (design.md §4 "Segments").
#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace outpost::embedded {

/// "00000012.ids" beside "00000012.db".
std::filesystem::path id_filter_path(const std::filesystem::path& segment_file);

/// Of event_id_hash() and attempt_id_hash(). About 11 bits an id: one in a hundred ids that are not there gets a yes.
/// Each block carries its own checksum; a damaged one says yes to everything. Immutable; any thread.
class IdFilter {
public:
    /// Writes the filter of these hashes, under another name first; durable when it returns.
    static Result<void> write(const std::filesystem::path& file, std::span<const std::uint64_t> hashes);
    /// @return not_found when there is no file; corrupt when it is none of ours
    static Result<std::shared_ptr<const IdFilter>> open(const std::filesystem::path& file);
    ~IdFilter();
    IdFilter(const IdFilter&) = delete;
    IdFilter& operator=(const IdFilter&) = delete;

    /// False: no id of this hash is in the segment.
    bool may_contain(std::uint64_t hash) const;

private:
    IdFilter(const void* mapped, std::size_t bytes, std::uint64_t blocks)
        : mapped_(mapped), bytes_(bytes), blocks_(blocks) {}

    const void* mapped_;
    std::size_t bytes_;
    std::uint64_t blocks_;
};

}  // namespace outpost::embedded
