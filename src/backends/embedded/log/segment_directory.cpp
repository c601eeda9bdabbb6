#include "backends/embedded/log/segment_directory.hpp"

#include "base/log.hpp"

namespace outpost::embedded {

std::shared_ptr<const IdFilter> open_id_filter(const std::filesystem::path& segment_file) {
    auto filter = IdFilter::open(id_filter_path(segment_file));
    if (filter) return *std::move(filter);
    log::warn("segment.id_filter_missing", {{"error", filter.error().describe()}});
    return nullptr;
}

void SegmentDirectory::put(Segment segment) {
    const std::scoped_lock lock(mutex_);
    auto next = std::make_shared<SegmentList>(*list_);
    auto entry = std::make_shared<const Segment>(std::move(segment));
    const auto at = std::ranges::lower_bound(*next, entry->number, {}, [](const SegmentPtr& s) { return s->number; });
    if (at != next->end() && (*at)->number == entry->number) *at = std::move(entry);
    else next->insert(at, std::move(entry));
    list_ = std::move(next);
}

void SegmentDirectory::remove(std::uint32_t number) {
    const std::scoped_lock lock(mutex_);
    auto next = std::make_shared<SegmentList>(*list_);
    std::erase_if(*next, [&](const SegmentPtr& segment) { return segment->number == number; });
    list_ = std::move(next);
}

SegmentPtr SegmentDirectory::find(const SegmentList& list, std::uint32_t number) {
    const auto at = std::ranges::lower_bound(list, number, {}, [](const SegmentPtr& s) { return s->number; });
    return at != list.end() && (*at)->number == number ? *at : nullptr;
}

}  // namespace outpost::embedded
