#include "api/auth/authenticator.hpp"

#include "api/auth/jwt.hpp"

namespace outpost::api {
namespace {

const TimePoint kNow = from_unix_ms(1'700'000'000'000);
const AuthSettings kSettings{"the-key", false, "jwt secret"};

std::string token_of(std::string tenant, TimePoint issued = kNow, std::string_view secret = "jwt secret") {
    return "Bearer " + sign_token({std::move(tenant), issued, ""}, secret);
}

/// "admin", "tenant t1", "401" or "403".
std::string verdict(const AuthSettings& settings, std::optional<std::string> header, Access access,
                    std::optional<std::string_view> path_tenant) {
    const auto caller = identify(settings, header, access, path_tenant, kNow);
    if (!caller) return caller.error() == Barred::unknown ? "401" : "403";
    return caller->role == ports::Role::admin ? "admin" : "tenant " + caller->tenant.value;
}

// api.md §2.1 steps 1–6, cases 3–7, 11, 13–17.
TEST(Identify, DecidesInTheOrderOfTheContract) {
    struct Case {
        std::optional<std::string> header;
        Access access;
        std::optional<std::string_view> path_tenant;
        std::string_view expected;
    };
    const Case cases[] = {
        {std::nullopt, Access::open, std::nullopt, "admin"},
        {std::nullopt, Access::any, std::nullopt, "401"},
        {"", Access::any, std::nullopt, "401"},
        {"Bearer ", Access::any, std::nullopt, "401"},
        {"Basic the-key", Access::any, std::nullopt, "401"},
        {"bearer the-key", Access::any, std::nullopt, "401"},
        {"Bearer  the-key", Access::any, std::nullopt, "401"},
        {"Bearer the-key ", Access::any, std::nullopt, "401"},
        {"Bearer the-ke", Access::any, std::nullopt, "401"},
        {"Bearer the-key2", Access::any, std::nullopt, "401"},
        {"Bearer the-key", Access::any, "t1", "admin"},
        {"Bearer the-key", Access::key, std::nullopt, "admin"},
        {token_of("t1"), Access::any, std::nullopt, "tenant t1"},
        {token_of("t1"), Access::any, "t1", "tenant t1"},
        {token_of("t1"), Access::any, "t2", "403"},
        {token_of("t1"), Access::key, std::nullopt, "403"},
        {token_of("t1"), Access::key, "t1", "403"},
        {token_of("t1", kNow - 25h), Access::any, "t1", "401"},
        {token_of("t1", kNow - 25h), Access::key, "t1", "401"},
        {token_of("t1", kNow, "wrong"), Access::any, "t2", "401"},
        {token_of(""), Access::any, std::nullopt, "401"},
        {token_of(""), Access::any, "t1", "403"},
        {token_of(""), Access::key, std::nullopt, "403"},
        {"Bearer garbage", Access::key, std::nullopt, "401"},
    };
    for (const Case& it : cases) {
        EXPECT_EQ(verdict(kSettings, it.header, it.access, it.path_tenant), it.expected)
            << it.header.value_or("no header") << " path " << it.path_tenant.value_or("-");
    }
}

TEST(Identify, OpenAccessMakesEverybodyAdminWhateverTheHeader) {
    AuthSettings open = kSettings;
    open.open_access = true;
    EXPECT_EQ(verdict(open, std::nullopt, Access::key, "t1"), "admin");
    EXPECT_EQ(verdict(open, token_of("t1"), Access::any, "t2"), "admin");
}

TEST(Identify, AnEmptyKeyAndAnEmptySecretLetNobodyIn) {
    const AuthSettings none{"", false, ""};
    EXPECT_EQ(verdict(none, "Bearer ", Access::any, std::nullopt), "401");
    EXPECT_EQ(verdict(none, "Bearer x", Access::any, std::nullopt), "401");
    EXPECT_EQ(verdict(none, token_of("t1"), Access::any, std::nullopt), "401");
}

}  // namespace
}  // namespace outpost::api
