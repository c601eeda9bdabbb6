#include "destinations/webhook/retry_after.hpp"

namespace outpost::webhook {
namespace {

const TimePoint kNow = from_unix_ms(1'717'230'216'000);  // Sat, 01 Jun 2024 08:23:36 GMT

struct Case {
    std::string_view text;
    std::optional<Milliseconds> wait;
};

class RetryAfter : public testing::TestWithParam<Case> {};

// hard-cases.md 45
TEST_P(RetryAfter, IsReadOrIgnored) {
    EXPECT_EQ(parse_retry_after(GetParam().text, kNow), GetParam().wait) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Values, RetryAfter,
    testing::Values(Case{"120", 120s}, Case{"0", std::nullopt}, Case{"-5", std::nullopt}, Case{"1.5", std::nullopt},
                    Case{"", std::nullopt}, Case{"soon", std::nullopt}, Case{"120s", std::nullopt}, Case{"86400", 24h},
                    Case{"86401", 24h}, Case{"315360000", 24h}, Case{"99999999999999999999999", std::nullopt},
                    Case{"Sat, 01 Jun 2024 08:24:36 GMT", 60s}, Case{"Saturday, 01-Jun-24 08:24:36 GMT", 60s},
                    Case{"Sat Jun  1 08:24:36 2024", 60s}, Case{"Sat, 01 Jun 2024 08:23:36 GMT", std::nullopt},
                    Case{"Wed, 01 Jun 1994 08:23:36 GMT", std::nullopt}, Case{"Sat, 01 Jun 2034 08:23:36 GMT", 24h},
                    Case{"Sat, 31 Feb 2024 08:23:36 GMT", std::nullopt},
                    Case{"Sat, 01 Jun 2024 25:23:36 GMT", std::nullopt},
                    Case{"Sat, 01 Jun 2024 08:24:36 CET", std::nullopt},
                    Case{"Sat, 01 Foo 2024 08:24:36 GMT", std::nullopt}));

TEST(HttpDate, PutsTwoDigitYearsAtMostFiftyYearsAhead) {
    EXPECT_EQ(parse_http_date("Sunday, 06-Nov-94 08:49:37 GMT", kNow), from_unix_ms(784'111'777'000));
    EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT", kNow), from_unix_ms(784'111'777'000));
    EXPECT_EQ(parse_http_date("Sun Nov  6 08:49:37 1994", kNow), from_unix_ms(784'111'777'000));
}

}  // namespace
}  // namespace outpost::webhook
