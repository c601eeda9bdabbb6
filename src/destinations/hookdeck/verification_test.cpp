#include "destinations/hookdeck/verification.hpp"

#include <gtest/gtest.h>

namespace outpost::hookdeck {
namespace {

std::string name_in(int status, std::string body) {
    const auto name = verified_name({.status = status, .body = std::move(body)});
    return name ? *name : "refused: " + name.error().text();
}

// destinations.md §4.2
TEST(HookdeckVerification, AsksForTheSourceWithItsToken) {
    const auto request = verification_request(*http::parse_url("https://api.hookdeck.com"),
                                              {.text = "dG9rZW4=", .source_id = "src/1"}, "Outpost/1");
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url.origin() + request.url.target,
              "https://api.hookdeck.com:443/2025-01-01/sources/src%2F1/managed/verify");
    EXPECT_EQ(request.headers.find("X-Hookdeck-Source-Token"), "dG9rZW4=");
    EXPECT_EQ(request.headers.find("User-Agent"), "Outpost/1");
}

TEST(HookdeckVerification, TakesTheNameOfTheSource) {
    EXPECT_EQ(name_in(200, R"({"id":"src_1","name":"orders"})"), "orders");
    EXPECT_EQ(name_in(200, R"({"name":"n","created_at":"2024-06-01T08:23:36.5Z","updated_at":null})"), "n");
}

TEST(HookdeckVerification, RefusesEveryOtherAnswer) {
    EXPECT_EQ(name_in(401, R"({"name":"orders"})"), "refused: the answer was 401");
    EXPECT_EQ(name_in(204, ""), "refused: the answer was 204");
    EXPECT_NE(name_in(200, "no JSON"), "no JSON");
    EXPECT_EQ(name_in(200, "[]"), "refused: the answer is no object");
    EXPECT_EQ(name_in(200, R"({"name":7})"), "refused: the answer has no name");
    EXPECT_EQ(name_in(200, R"({"name":"n","created_at":"yesterday"})"), "refused: created_at is no time");
    EXPECT_FALSE(verified_name({.status = 200, .body = R"({"name":"n"})", .body_incomplete = true}).has_value());
}

}  // namespace
}  // namespace outpost::hookdeck
