#include "destinations/hookdeck/token.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace outpost::hookdeck {
namespace {

std::string source_of(std::string_view plain) {
    const auto token = parse_token(to_base64(plain));
    return token ? "<" + token->source_id + ">" : "none";
}

// destinations.md §4.2
TEST(HookdeckToken, NamesItsSourceBeforeTheFirstColon) {
    EXPECT_EQ(source_of("src_1:secret"), "<src_1>");
    EXPECT_EQ(source_of("src_1:a:b"), "<src_1>");
    EXPECT_EQ(source_of(":secret"), "<>");
}

TEST(HookdeckToken, IsRefusedWhenItIsSomethingElse) {
    EXPECT_EQ(source_of("src_1"), "none");
    EXPECT_FALSE(parse_token("src_1:secret").has_value());
    EXPECT_FALSE(parse_token("c3JjXzE6eA").has_value());  // without padding
    EXPECT_FALSE(parse_token("").has_value());
}

TEST(HookdeckToken, CannotLeaveItsPlaceInThePath) {  // §15.2
    EXPECT_EQ(source_of("..:x"), "none");
    EXPECT_EQ(source_of(".:x"), "none");
    EXPECT_EQ(path_step("../a?b#c d"), "..%2Fa%3Fb%23c%20d");
    EXPECT_EQ(path_step("src_A-1.~"), "src_A-1.~");
    EXPECT_EQ(path_step("\r\n\xC3\xBC%"), "%0D%0A%C3%BC%25");
}

TEST(HookdeckToken, SignsTheBodyWithItsWholeText) {  // §4.3; the value from openssl dgst -sha256 -hmac
    const Token token{.text = "c3JjXzE6c2VjcmV0", .source_id = "src_1"};
    EXPECT_EQ(signature(token, "{}"), "v0=+VltE1ICabDivzRk0RlOUuDiZBLylwZu0bpACSncjtM=");
}

TEST(HookdeckToken, IsFoundAmongTheCredentials) {
    model::Destination destination;
    EXPECT_EQ(token_text(destination), "");
    destination.credentials = {{"token", "x"}};
    EXPECT_EQ(token_text(destination), "x");
}

}  // namespace
}  // namespace outpost::hookdeck
