#include "destinations/webhook/header_names.hpp"

namespace outpost::webhook {
namespace {

TEST(HeaderNames, AreWrittenInCanonicalForm) {
    EXPECT_EQ(canonical_name("x-outpost-event-id"), "X-Outpost-Event-Id");
    EXPECT_EQ(canonical_name("X-ACME_KEY"), "X-Acme_key");
    // destinations.md §2.7: prefix and key are joined without a separator.
    EXPECT_EQ(canonical_name("x-acmeevent-id"), "X-Acmeevent-Id");
    EXPECT_EQ(canonical_name("1a-b"), "1a-B");
    EXPECT_EQ(canonical_name("not legal"), "not legal");
    EXPECT_EQ(canonical_name(""), "");
}

TEST(HeaderNames, AreTokens) {
    for (const auto* name : {"a", "X-1", "a.b", "!#$%&'*+-.^_`|~"}) EXPECT_TRUE(is_legal_name(name)) << name;
    for (const auto* name : {"", "a b", "a:b", "a\r\n", "é", "a/b", "(a)"}) EXPECT_FALSE(is_legal_name(name)) << name;
}

TEST(HeaderValues, HoldNoControlCharacters) {
    for (const auto* value : {"", "a b", "a\tb", "é", "\xff"}) EXPECT_TRUE(is_legal_value(value)) << value;
    for (const auto* value : {"a\r\nb", "\x7f", "\x01"}) EXPECT_FALSE(is_legal_value(value)) << value;
    EXPECT_FALSE(is_legal_value(std::string_view("a\0b", 3)));
}

TEST(HeaderNames, ThatPeopleChooseAreStricter) {
    for (const auto* name : {"a", "X-Api_Key", "1"}) EXPECT_TRUE(is_choosable_name(name)) << name;
    for (const auto* name : {"", "-a", "_a", "a.b", "a b", "é"}) EXPECT_FALSE(is_choosable_name(name)) << name;
}

TEST(HeaderNames, AreReservedInAnyCase) {
    for (const auto* name : {"Content-Type", "CONTENT-LENGTH", "host", "Connection", "User-Agent"})
        EXPECT_TRUE(is_reserved_name(name)) << name;
    EXPECT_FALSE(is_reserved_name("authorization"));
}

}  // namespace
}  // namespace outpost::webhook
