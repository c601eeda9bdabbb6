#include "model/cursor.hpp"

#include "base/encoding.hpp"

namespace outpost::model {
namespace {

Position at(std::int64_t ms, std::string id) {
    return {from_unix_ms(ms), std::move(id)};
}

std::optional<Position> decoded(CursorKind kind, std::string_view text) {
    const auto result = decode_cursor(kind, text);
    EXPECT_TRUE(result.has_value()) << text;
    return result ? *result : std::nullopt;
}

TEST(Cursor, MatchesTheVectors) {  // api.md §4.5, storage.md §8.3
    EXPECT_EQ(encode_cursor(CursorKind::event, at(1704067200000, "evt_1")), "1f3NIeN6a1j8ECTGbA2Th6VT0KS3ME0G86Fix");
    EXPECT_EQ(encode_cursor(CursorKind::event, at(1700000000123, "evt_123")),
              "lbOiENBxD2DlaUjWF7plAMOYETPPSvDHCo2AIz9");
    EXPECT_EQ(encode_cursor(CursorKind::attempt, at(1700000000123, "att_123")),
              "klUKq7oxaSbU4Gvx8autTMOJcwsJ45nFpPjSYuv");
    EXPECT_EQ(decoded(CursorKind::event, "lbOiENBxD2DlaUjWF7plAMOYETPPSvDHCo2AIz9"),
              std::optional(at(1700000000123, "evt_123")));
    // What the reference gives out for tenants has no id.
    EXPECT_EQ(decoded(CursorKind::tenant, "gC02baKQeaZ24QxomtGzEM9jPsA"), std::optional(at(1704067200000, "")));
    EXPECT_EQ(decoded(CursorKind::tenant, "gC02baKQeaZ24QrxlJf1x7pem3x"), std::optional(at(1700000000123, "")));
}

TEST(Cursor, ComesBackAsItWas) {
    for (const CursorKind kind : {CursorKind::event, CursorKind::attempt, CursorKind::tenant}) {
        for (const Position& position : {at(0, ""), at(1700000000123, "a::b::"), at(-5, ":"), at(1, "\xC3\xBC\n")}) {
            EXPECT_EQ(decoded(kind, encode_cursor(kind, position)), std::optional(position));
        }
    }
}

struct Row {
    CursorKind kind;
    std::string plain;
    std::string error;  ///< empty: accepted as the first page
};

TEST(Cursor, RefusesOrIgnoresAsTheTablesSay) {
    using enum CursorKind;
    const std::string mismatch = "cursor version mismatch: expected version 01";
    const std::vector<Row> table{
        {event, "attv01:1::a", "invalid cursor"},
        {attempt, "evtv01:1::a", "invalid cursor"},
        {tenant, "evtv01:1::a", "invalid cursor: invalid cursor"},
        {event, "garbage", "invalid cursor"},
        {event, "evt", "invalid cursor"},
        {event, "evtv", "invalid cursor"},
        {event, "evtv01", "invalid cursor"},
        {event, "evtv1:1::a", "invalid cursor"},
        {event, "evtvXX:1::a", "invalid cursor"},
        {event, "evtv02:1::a", mismatch},
        {attempt, "attv99:1::a", mismatch},
        {tenant, "tntv02:1", "invalid cursor: " + mismatch},
        {event, "evtv01:", ""},
        {event, "evtv01:1", ""},
        {event, "evtv01:1:a", ""},
        {event, "evtv01:x::a", ""},
        {event, "evtv01:1x::a", ""},
        {event, "evtv01: 1::a", ""},
        {attempt, "attv01:99999999999999999999::a", ""},
        {attempt, "attv01:9223372036854775807::a", ""},
        {tenant, "tntv01:", "invalid cursor: invalid timestamp"},
        {tenant, "tntv01:soon", "invalid cursor: invalid timestamp"},
        {tenant, "tntv01:soon::t1", "invalid cursor: invalid timestamp"},
    };
    for (const Row& row : table) {
        if (row.error.empty()) {
            EXPECT_EQ(decoded(row.kind, to_base62(row.plain)), std::nullopt) << row.plain;
            continue;
        }
        const auto result = decode_cursor(row.kind, to_base62(row.plain));
        ASSERT_FALSE(result.has_value()) << row.plain;
        EXPECT_EQ(result.error().code(), Errc::invalid);
        EXPECT_EQ(result.error().text(), row.error) << row.plain;
    }
}

TEST(Cursor, MustBeBase62) {
    EXPECT_EQ(decoded(CursorKind::event, ""), std::nullopt);
    for (const std::string& text : {std::string("!"), std::string("abc-def"), std::string(5000, 'a')}) {
        EXPECT_EQ(decode_cursor(CursorKind::event, text).error().text(), "invalid cursor");
        EXPECT_EQ(decode_cursor(CursorKind::tenant, text).error().text(), "invalid cursor: invalid cursor");
    }
}

}  // namespace
}  // namespace outpost::model
