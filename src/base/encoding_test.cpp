#include "base/encoding.hpp"

namespace outpost {
namespace {

TEST(Hex, GoesBothWays) {
    EXPECT_EQ(to_hex(std::string_view("\x00\xFF\x1a", 3)), "00ff1a");
    EXPECT_EQ(from_hex("00FF1a"), std::string("\x00\xFF\x1a", 3));
    EXPECT_EQ(from_hex(""), "");
    EXPECT_EQ(from_hex("0"), std::nullopt);
    EXPECT_EQ(from_hex("0g"), std::nullopt);
}

TEST(Base64, FollowsRfc4648) {
    const std::vector<std::pair<std::string, std::string>> vectors{{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"},
                                                                   {"\xFB\xFF", "+/8="}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base64(plain), encoded);
        EXPECT_EQ(from_base64(encoded), plain) << encoded;
    }
}

TEST(Base64, RefusesWhatIsNotCanonical) {
    for (const std::string_view text : {"Z", "Zg", "Zg=", "Zh==", "Zm9=", "====", "A===", "Zg==Zg==", "Zm 9", "-_8="}) {
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
    }
}

TEST(Base64Url, HasItsOwnAlphabetAndNoPadding) {
    EXPECT_EQ(to_base64url("\xFB\xFF"), "-_8");
    EXPECT_EQ(from_base64url("-_8"), "\xFB\xFF");
    EXPECT_EQ(from_base64url("-_8="), std::nullopt);
    EXPECT_EQ(from_base64url("+/8"), std::nullopt);
    EXPECT_EQ(from_base64url("A"), std::nullopt);
}

TEST(Base62, MatchesTheCheckValues) {  // storage.md §8.3, api.md §4.5
    const std::vector<std::pair<std::string, std::string>> vectors{
        {"the quick brown fox jumps over the lazy dog", "b6QPtm6Z5XFM81QySyltRRVYvv0ELEGBENK9XUgI4iciqMTErk0ea0kd2n"},
        {"tntv01:1700000000123", "gC02baKQeaZ24QrxlJf1x7pem3x"},
        {"evtv01:1704067200000::evt_1", "1f3NIeN6a1j8ECTGbA2Th6VT0KS3ME0G86Fix"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(to_base62(plain), encoded);
        EXPECT_EQ(from_base62(encoded), plain);
    }
}

TEST(Base62, RefusesOtherCharactersAndLengths) {
    EXPECT_EQ(from_base62(""), std::nullopt);
    EXPECT_EQ(from_base62("ab-c"), std::nullopt);
    EXPECT_EQ(from_base62(std::string(4097, 'a')), std::nullopt);
    EXPECT_TRUE(from_base62(std::string(4096, 'a')).has_value());
}

TEST(Base62, LosesLeadingZeroBytes) {
    EXPECT_EQ(to_base62(std::string_view("\x00\x00\x01", 3)), "1");
    EXPECT_EQ(to_base62(""), "");
}

}  // namespace
}  // namespace outpost
