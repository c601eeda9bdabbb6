#include "base/result.hpp"

namespace outpost {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return fail(Errc::invalid, "odd");
    return number / 2;
}

Result<int> quarter(int number) {
    TRY(const int first, half(number));
    TRY(const int second, half(first));
    return second;
}

Result<void> check_half(int number) {
    auto as_void = [&]() -> Result<void> {
        if (auto result = half(number); !result) return fail(std::move(result).error());
        return {};
    };
    TRY_VOID(as_void());
    return {};
}

TEST(Result, TryGivesTheValueOrReturnsTheError) {
    EXPECT_EQ(quarter(12), 3);
    EXPECT_EQ(quarter(6).error().text(), "odd");
    EXPECT_EQ(quarter(7).error().code(), Errc::invalid);
}

TEST(Result, TryVoidReturnsOnlyErrors) {
    EXPECT_TRUE(check_half(2).has_value());
    EXPECT_EQ(check_half(1).error().text(), "odd");
}

TEST(Result, ErrorDescribesItsCauses) {
    const Error root(Errc::timeout, "no answer");
    const Error middle(Errc::unavailable, "the store is away", root);
    const Error top(Errc::internal, "publish failed", middle);
    EXPECT_EQ(top.describe(), "publish failed: the store is away: no answer");
    ASSERT_NE(top.cause(), nullptr);
    EXPECT_EQ(top.cause()->code(), Errc::unavailable);
    EXPECT_EQ(root.cause(), nullptr);
}

TEST(Result, EachCodeHasItsOwnName) {
    EXPECT_EQ(to_string(Errc::invalid), "invalid");
    EXPECT_EQ(to_string(Errc::not_found), "not_found");
    EXPECT_EQ(to_string(Errc::internal), "internal");
}

TEST(ResultDeathTest, AssertNamesTheCondition) {
    EXPECT_DEATH(ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3");
}

}  // namespace
}  // namespace outpost
