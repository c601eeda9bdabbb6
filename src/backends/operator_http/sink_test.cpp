#include "backends/operator_http/sink.hpp"

#include <gtest/gtest.h>

namespace outpost::operator_http {
namespace {

TEST(SinkHeaders, SignTheVeryBody) {  // pipeline.md §12.4; the HMAC is from `openssl dgst -sha256 -hmac key`
    const SinkSettings settings{.url = {}, .signing_secret = "key", .user_agent = "Outpost/1"};
    const std::string body = "The quick brown fox jumps over the lazy dog";
    const http::Headers headers = headers_of(settings, body);
    EXPECT_EQ(headers.find("X-Outpost-Signature"),
              "v0=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8");
    EXPECT_EQ(headers.find("Content-Type"), "application/json");
    EXPECT_EQ(headers.find("User-Agent"), "Outpost/1");
}

TEST(SinkHeaders, WithoutASecretHaveNoSignature) {
    EXPECT_EQ(headers_of({.url = {}, .signing_secret = {}, .user_agent = "x"}, "{}").find("X-Outpost-Signature"),
              std::nullopt);
}

}  // namespace
}  // namespace outpost::operator_http
