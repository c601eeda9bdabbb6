#include "backends/embedded/rollup/pieces.hpp"

namespace outpost::embedded {
namespace {

constexpr Span kSpans[] = {Span::day, Span::hour, Span::minute, Span::raw};

std::int64_t round_down(std::int64_t time, std::int64_t step) {
    const std::int64_t rest = time % step;
    return time - rest - (rest < 0 ? step : 0);
}

void cover(std::int64_t first, std::int64_t end, const Span* span, std::vector<Piece>& pieces) {
    if (first >= end) return;
    if (*span == Span::raw) {
        pieces.push_back({Span::raw, first, end});
        return;
    }
    const std::int64_t step = static_cast<std::int64_t>(*span) * kMinuteMs;
    const std::int64_t inner_first = round_down(first + step - 1, step);
    const std::int64_t inner_end = round_down(end, step);
    if (inner_first >= inner_end) return cover(first, end, span + 1, pieces);
    cover(first, inner_first, span + 1, pieces);
    pieces.push_back({*span, inner_first, inner_end});
    cover(inner_end, end, span + 1, pieces);
}

}  // namespace

Span longest_span(std::optional<model::Granularity> granularity) {
    if (!granularity) return Span::day;
    switch (granularity->unit) {
        case model::BucketUnit::second: return Span::raw;
        case model::BucketUnit::minute: return Span::minute;
        case model::BucketUnit::hour: return Span::hour;
        case model::BucketUnit::day:
        case model::BucketUnit::week:
        case model::BucketUnit::month: return Span::day;
    }
    return Span::raw;
}

std::vector<Piece> cut(model::TimeWindow window, Span longest) {
    std::vector<Piece> pieces;
    cover(unix_ms(window.start), unix_ms(window.end), std::ranges::find(kSpans, longest), pieces);
    return pieces;
}

}  // namespace outpost::embedded
