#include "net/http/client_gzip.hpp"

#include "net/http/client_gzip_sample.hpp"

#include <gtest/gtest.h>

namespace outpost::http {
namespace {

using Result = GzipDecoder::Result;

TEST(Gzip, DecodesAByteAtATime) {
    const std::string content = "hello, hello, hello, hello";
    GzipDecoder decoder;
    std::string output;
    for (const char byte : gzipped(content))
        ASSERT_EQ(decoder.decode(std::string_view(&byte, 1), output, content.size()), Result::good);
    EXPECT_EQ(output, content);
    EXPECT_TRUE(decoder.is_whole());
}

TEST(Gzip, DecodesMembersOneAfterTheOther) {
    GzipDecoder decoder;
    std::string output;
    EXPECT_EQ(decoder.decode(gzipped("one ") + gzipped("two"), output, 100), Result::good);
    EXPECT_EQ(output, "one two");
    EXPECT_TRUE(decoder.is_whole());
}

TEST(Gzip, StopsAtTheLimitWhateverTheContentWouldGrowTo) {
    const std::string bomb = gzipped(std::string(50'000'000, 'x'));
    ASSERT_LT(bomb.size(), 60'000u);
    GzipDecoder decoder;
    std::string output;
    EXPECT_EQ(decoder.decode(bomb, output, 100'000), Result::too_large);
    EXPECT_LE(output.size(), 100'000u);
}

TEST(Gzip, TakesContentOfExactlyTheLimit) {
    GzipDecoder decoder;
    std::string output;
    EXPECT_EQ(decoder.decode(gzipped(std::string(100'000, 'x')), output, 100'000), Result::good);
    EXPECT_EQ(output.size(), 100'000u);
    EXPECT_TRUE(decoder.is_whole());
}

TEST(Gzip, SaysThatTheEndIsMissing) {
    const std::string whole = gzipped("hello");
    GzipDecoder decoder;
    std::string output;
    EXPECT_TRUE(decoder.is_whole()) << "nothing at all is whole";
    EXPECT_EQ(decoder.decode(whole.substr(0, whole.size() - 1), output, 100), Result::good);
    EXPECT_FALSE(decoder.is_whole());
}

TEST(Gzip, RefusesWhatIsNoGzipAndWrongChecksums) {
    std::string output;
    EXPECT_EQ(GzipDecoder().decode("plain text", output, 100), Result::corrupt);
    std::string damaged = gzipped("hello");
    damaged[damaged.size() - 8] ^= 1;  // CRC
    EXPECT_EQ(GzipDecoder().decode(damaged, output, 100), Result::corrupt);
    EXPECT_EQ(GzipDecoder().decode(gzipped("hello") + "tail", output, 100), Result::corrupt);
}

}  // namespace
}  // namespace outpost::http
