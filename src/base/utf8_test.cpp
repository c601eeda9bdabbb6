#include "base/utf8.hpp"

namespace outpost {
namespace {

struct Sequence {
    std::string_view bytes;
    std::size_t length;
};

TEST(Utf8, SequencesAreExactlyThoseOfRfc3629) {
    const std::vector<Sequence> sequences{
        {"", 0},
        {"a", 1},
        {"\x7F", 1},
        {"\x80", 0},
        {"\xC2\x80", 2},
        {"\xDF\xBF", 2},
        {"\xC0\x80", 0},  // overlong
        {"\xC1\xBF", 0},  // overlong
        {"\xC2", 0},      // cut
        {"\xC2\x41", 0},  // no continuation
        {"\xE0\xA0\x80", 3},
        {"\xE0\x9F\xBF", 0},  // overlong
        {"\xED\x9F\xBF", 3},
        {"\xED\xA0\x80", 0},  // surrogate
        {"\xEE\x80\x80", 3},
        {"\xE2\x82", 0},  // cut
        {"\xF0\x90\x80\x80", 4},
        {"\xF0\x8F\xBF\xBF", 0},  // overlong
        {"\xF4\x8F\xBF\xBF", 4},
        {"\xF4\x90\x80\x80", 0},  // over U+10FFFF
        {"\xF5\x80\x80\x80", 0},
        {"\xFF", 0},
    };
    for (const Sequence& sequence : sequences) {
        EXPECT_EQ(utf8_sequence_length(sequence.bytes), sequence.length) << testing::PrintToString(sequence.bytes);
    }
}

TEST(Utf8, TextIsValidOnlyAsAWhole) {
    EXPECT_TRUE(is_utf8(""));
    EXPECT_TRUE(is_utf8("gr\xC3\xBC\xC3\x9F \xF0\x9F\x98\x80"));
    EXPECT_FALSE(is_utf8("ok\xFF"));
    EXPECT_FALSE(is_utf8("\xF0\x9F\x98"));
}

TEST(Utf8, BrokenBytesAreReplaced) {  // decision B14
    EXPECT_EQ(to_utf8("a\xFF\xC3\xBC"), "a\xEF\xBF\xBD\xC3\xBC");
    EXPECT_EQ(to_utf8("\xE2\x82"), "\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(to_utf8("plain"), "plain");
}

TEST(Utf8, AppendsCodePointsOfEachLength) {
    std::string out;
    for (const char32_t code_point : {U'A', U'\u00FC', U'\u20AC', U'\U0001F600'}) append_utf8(out, code_point);
    EXPECT_EQ(out, "A\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80");
}

}  // namespace
}  // namespace outpost
