#include "model/template_time.hpp"

namespace outpost::model::templates {
namespace {

struct Case {
    std::string_view layout;
    std::string_view text;
};

class GoLayout : public testing::TestWithParam<Case> {};

TEST_P(GoLayout, WritesTheTime) {
    // Saturday, 2024-06-01 08:03:06.120 UTC; day 153 of a leap year.
    EXPECT_EQ(format_go_time(from_unix_ms(1'717'228'986'120), GetParam().layout), GetParam().text) << GetParam().layout;
}

INSTANTIATE_TEST_SUITE_P(Layouts, GoLayout,
                         testing::Values(Case{"", ""}, Case{"2006-01-02T15:04:05Z07:00", "2024-06-01T08:03:06Z"},
                                         Case{"Mon, 02 Jan 2006 15:04:05 MST", "Sat, 01 Jun 2024 08:03:06 UTC"},
                                         Case{"Monday January _2 3:4:5PM 06", "Saturday June  1 8:3:6AM 24"},
                                         Case{"Mon Jan _2 15:04:05 2006", "Sat Jun  1 08:03:06 2024"},
                                         Case{"1/2/06 03:04 pm", "6/1/24 08:03 am"}, Case{"002 __2", "153 153"},
                                         Case{"15:04:05.000", "08:03:06.120"}, Case{"15:04:05.999999", "08:03:06.12"},
                                         Case{"15:04:05,000", "08:03:06,120"}, Case{".0001x", ".0006x"},
                                         Case{"-0700 -07:00 -07 Z0700", "+0000 +00:00 +00 Z"}, Case{"_2006", "_2024"},
                                         Case{"Janus", "Janus"}, Case{"at noon", "at noon"}));

TEST(GoTime, PrintsItsFractionOnlyAsFarAsNeeded) {
    EXPECT_EQ(go_time_text(from_unix_ms(1'717'230'216'000)), "2024-06-01 08:23:36 +0000 UTC");
    EXPECT_EQ(go_time_text(from_unix_ms(1'717'230'216'500)), "2024-06-01 08:23:36.5 +0000 UTC");
}

TEST(GoTime, KnowsNoonAndMidnight) {
    const std::int64_t midnight = 1'717'200'000'000;  // 2024-06-01T00:00:00Z
    EXPECT_EQ(format_go_time(from_unix_ms(midnight), "3PM"), "12AM");
    EXPECT_EQ(format_go_time(from_unix_ms(midnight + 12 * 3'600'000), "3PM"), "12PM");
    EXPECT_EQ(format_go_time(from_unix_ms(midnight + 23 * 3'600'000), "03pm"), "11pm");
}

}  // namespace
}  // namespace outpost::model::templates
