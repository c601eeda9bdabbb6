#include "backends/embedded/rollup/pieces.hpp"

#include <gtest/gtest.h>

#include <random>

namespace outpost::embedded {
namespace {

constexpr std::int64_t kHour = 60 * kMinuteMs;
constexpr std::int64_t kDay = 24 * kHour;

std::vector<Piece> pieces_of(std::int64_t first, std::int64_t end, Span longest) {
    return cut({from_unix_ms(first), from_unix_ms(end)}, longest);
}

TEST(Pieces, WholeDaysHoursAndMinutesComeFromCells) {
    const std::int64_t first = 10 * kDay - kHour - kMinuteMs - 1;
    const std::int64_t end = 12 * kDay + 2 * kHour + 3 * kMinuteMs + 4;
    EXPECT_EQ(pieces_of(first, end, Span::day), (std::vector<Piece>{{Span::raw, first, first + 1},
                                                                    {Span::minute, first + 1, 10 * kDay - kHour},
                                                                    {Span::hour, 10 * kDay - kHour, 10 * kDay},
                                                                    {Span::day, 10 * kDay, 12 * kDay},
                                                                    {Span::hour, 12 * kDay, 12 * kDay + 2 * kHour},
                                                                    {Span::minute, 12 * kDay + 2 * kHour, end - 4},
                                                                    {Span::raw, end - 4, end}}));
}

TEST(Pieces, AWindowWithoutAWholeMinuteIsRaw) {
    EXPECT_EQ(pieces_of(1, 2 * kMinuteMs - 1, Span::day), (std::vector<Piece>{{Span::raw, 1, 2 * kMinuteMs - 1}}));
    EXPECT_EQ(pieces_of(0, kDay, Span::raw), (std::vector<Piece>{{Span::raw, 0, kDay}}));
}

TEST(Pieces, AnAlignedWindowHasNoRawBorder) {
    EXPECT_EQ(pieces_of(kDay, 3 * kDay, Span::day), (std::vector<Piece>{{Span::day, kDay, 3 * kDay}}));
    EXPECT_EQ(pieces_of(kDay, 3 * kDay, Span::minute), (std::vector<Piece>{{Span::minute, kDay, 3 * kDay}}));
}

TEST(Pieces, TileTheWindowAndAreAligned) {
    std::mt19937_64 random(1);
    for (int round = 0; round < 2'000; ++round) {
        const auto first = static_cast<std::int64_t>(random() % (5 * kDay));
        const auto end =
            first + 1 + static_cast<std::int64_t>(random() % (random() % 2 == 0 ? 5 * kDay : 3 * kMinuteMs));
        for (const Span longest : {Span::raw, Span::minute, Span::hour, Span::day}) {
            std::int64_t at = first;
            for (const Piece& piece : pieces_of(first, end, longest)) {
                ASSERT_EQ(piece.first_ms, at);
                ASSERT_LT(piece.first_ms, piece.end_ms);
                ASSERT_LE(piece.span, longest);
                at = piece.end_ms;
                if (piece.span == Span::raw) continue;
                const std::int64_t step = static_cast<std::int64_t>(piece.span) * kMinuteMs;
                ASSERT_EQ(piece.first_ms % step, 0);
                ASSERT_EQ(piece.end_ms % step, 0);
            }
            ASSERT_EQ(at, end);
        }
    }
}

TEST(Pieces, NoCellCrossesTheEdgeOfABucket) {
    constexpr std::pair<std::string_view, Span> kCases[] = {
        {"1s", Span::raw},  {"60s", Span::raw}, {"7m", Span::minute}, {"60m", Span::minute}, {"1h", Span::hour},
        {"5h", Span::hour}, {"1d", Span::day},  {"3d", Span::day},    {"2w", Span::day},     {"5M", Span::day},
    };
    for (const auto& [text, span] : kCases) {
        const model::Granularity granularity = *model::parse_granularity(text);
        EXPECT_EQ(longest_span(granularity), span) << text;
        if (span == Span::raw) continue;
        TimePoint bucket = model::bucket_of(granularity, from_unix_ms(1'767'323'045'678));
        for (int i = 0; i < 50; ++i, bucket = model::next_bucket(granularity, bucket)) {
            ASSERT_EQ(unix_ms(bucket) % (static_cast<std::int64_t>(span) * kMinuteMs), 0) << text;
        }
    }
    EXPECT_EQ(longest_span(std::nullopt), Span::day);
}

}  // namespace
}  // namespace outpost::embedded
