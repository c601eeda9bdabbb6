#include "manage/refusal/refusal.hpp"

namespace outpost::manage {
namespace {

// api.md §3.3, destinations.md §1.5.
TEST(ProblemLine, SaysEachRuleInTheReferencesWords) {
    struct Case {
        std::string_view field, rule, line;
    };
    constexpr Case kCases[] = {
        {"config.url", "required", "config.url is required"},
        {"credentials.secret", "forbidden", "credentials.secret is forbidden"},
        {"config.url", "pattern", "config.url failed pattern validation"},
        {"config.speed", "must be a whole number", "config.speed must be a whole number"},
        {"credentials.token", "token_required", "credentials.token failed token_required validation"},
        {"config.n", "min", "config.n must be at least  characters"},
        {"config.n", "max", "config.n must be at most  characters"},
        {"config.custom_headers.X-Bad", "forbidden", "config.custom_headers.x-bad is forbidden"},
    };
    for (const Case& it : kCases) EXPECT_EQ(problem_line(it.field, it.rule), it.line);
}

TEST(ToRefusal, PutsFieldProblemsBeforeTheText) {
    EXPECT_EQ(to_refusal(ports::Rejection{{{"config.url", "required"}}, "unused"}),
              (Refusal{RefusalKind::invalid, "validation error", {"config.url is required"}}));
    EXPECT_EQ(to_refusal(ports::Rejection{{}, "template broken"}),
              (Refusal{RefusalKind::invalid, "template broken", {}}));
}

TEST(ToRefusal, ShowsNotFoundAndHidesEveryOtherStoreError) {
    EXPECT_EQ(to_refusal(Error(Errc::not_found, "row"), "tenant not found"),
              (Refusal{RefusalKind::not_found, "tenant not found", {}}));
    for (Errc code : {Errc::timeout, Errc::unavailable, Errc::corrupt, Errc::internal}) {
        EXPECT_EQ(to_refusal(Error(code, "disk"), "tenant not found").kind, RefusalKind::unavailable);
    }
}

}  // namespace
}  // namespace outpost::manage
