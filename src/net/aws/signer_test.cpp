#include "net/aws/signer.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

// Facts of the published SigV4 test suite and of the examples in the documentation of IAM and S3.
const Credentials kSuite{
    .key_id = "AKIDEXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", .session_token = {}};
const Credentials kExample{
    .key_id = "AKIAIOSFODNN7EXAMPLE", .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", .session_token = {}};
const TimePoint kSuiteTime = from_unix_ms(1'440'938'160'000);  // 2015-08-30T12:36:00Z
const TimePoint kS3Time = from_unix_ms(1'369'353'600'000);     // 2013-05-24T00:00:00Z
constexpr const char* kToken =
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthA"
    "x7mSEI/qkPpKPi/"
    "kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9"
    "q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

struct Vector {
    const char* name;
    std::string method;
    std::string target;
    http::Headers headers;
    std::string body;
    std::string signed_names;
    std::string signature;
};

const std::vector<Vector> kSuiteVectors = {
    {"get-vanilla",
     "GET",
     "/",
     {},
     "",
     "host;x-amz-date",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     "GET",
     "/?Param2=value2&Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-empty-query-key",
     "GET",
     "/?Param1=value1",
     {},
     "",
     "host;x-amz-date",
     "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb"},
    {"get-utf8",
     "GET",
     "/\u1234",
     {},
     "",
     "host;x-amz-date",
     "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"},
    {"get-header-value-trim",
     "GET",
     "/",
     {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\" "}},
     "",
     "host;my-header1;my-header2;x-amz-date",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-header-key-duplicate",
     "GET",
     "/",
     {{"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}},
     "",
     "host;my-header1;x-amz-date",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-order",
     "GET",
     "/",
     {{"My-Header1", "value4"}, {"My-Header1", "value1"}, {"My-Header1", "value3"}, {"My-Header1", "value2"}},
     "",
     "host;my-header1;x-amz-date",
     "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"},
    {"post-vanilla",
     "POST",
     "/",
     {},
     "",
     "host;x-amz-date",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-header-key-sort",
     "POST",
     "/",
     {{"My-Header1", "value1"}},
     "",
     "host;my-header1;x-amz-date",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"},
    {"post-header-value-case",
     "POST",
     "/",
     {{"My-Header1", "VALUE1"}},
     "",
     "host;my-header1;x-amz-date",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"},
    {"post-x-www-form-urlencoded",
     "POST",
     "/",
     {{"Content-Type", "application/x-www-form-urlencoded"}},
     "Param1=value1",
     "content-type;host;x-amz-date",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
};

http::ClientRequest request_of(const Vector& vector, std::string host) {
    http::Url url{.scheme = "https", .user_info = {}, .host = std::move(host), .port = 443, .target = vector.target};
    return {.method = vector.method, .url = url, .headers = vector.headers, .body = Bytes(vector.body)};
}

std::string authorization(const http::ClientRequest& request) {
    return std::string(request.headers.find("Authorization").value_or("none"));
}

TEST(Signer, AgreesWithThePublishedTestSuite) {
    for (const Vector& vector : kSuiteVectors) {
        http::ClientRequest request = request_of(vector, "example.amazonaws.com");
        sign(request, kSuite, {.region = "us-east-1", .service = "service"}, kSuiteTime);
        EXPECT_EQ(authorization(request),
                  fmt::format("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                              "SignedHeaders={}, Signature={}",
                              vector.signed_names, vector.signature))
            << vector.name;
        EXPECT_EQ(request.headers.find("X-Amz-Date"), "20150830T123600Z");
    }
}

TEST(Signer, SendsAndSignsTheSessionToken) {  // post-sts-token/post-sts-header-before
    Credentials credentials = kSuite;
    credentials.session_token = kToken;
    http::ClientRequest request = request_of({"", "POST", "/", {}, "", "", ""}, "example.amazonaws.com");
    sign(request, credentials, {.region = "us-east-1", .service = "service"}, kSuiteTime);
    EXPECT_EQ(request.headers.find("X-Amz-Security-Token"), kToken);
    EXPECT_TRUE(
        authorization(request).ends_with("SignedHeaders=host;x-amz-date;x-amz-security-token, "
                                         "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"));
}

TEST(Signer, AgreesWithTheExampleOfIam) {
    http::ClientRequest request = request_of({"",
                                              "GET",
                                              "/?Action=ListUsers&Version=2010-05-08",
                                              {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
                                              "",
                                              "",
                                              ""},
                                             "iam.amazonaws.com");
    sign(request, kSuite, {.region = "us-east-1", .service = "iam"}, kSuiteTime);
    EXPECT_TRUE(
        authorization(request).ends_with("SignedHeaders=content-type;host;x-amz-date, "
                                         "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"));
}

TEST(Signer, SendsTheBodyHashToS3AndEncodesItsPathsOnce) {
    const Vector put = {"PUT Object",
                        "PUT",
                        "/test%24file.text",
                        {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                        "Welcome to Amazon S3.",
                        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"};
    const Vector get = {"GET Object",
                        "GET",
                        "/test.txt",
                        {{"Range", "bytes=0-9"}},
                        "",
                        "host;range;x-amz-content-sha256;x-amz-date",
                        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"};
    for (const Vector& vector : {put, get}) {
        http::ClientRequest request = request_of(vector, "examplebucket.s3.amazonaws.com");
        sign(request, kExample, {.region = "us-east-1", .service = "s3"}, kS3Time);
        EXPECT_TRUE(authorization(request).ends_with(
            fmt::format("SignedHeaders={}, Signature={}", vector.signed_names, vector.signature)))
            << vector.name << authorization(request);
        EXPECT_TRUE(request.headers.find("X-Amz-Content-Sha256").has_value());
    }
}

TEST(Signer, LeavesTheUserAgentUnsignedForProxiesToChange) {
    http::ClientRequest plain = request_of({"", "POST", "/", {}, "", "", ""}, "example.amazonaws.com");
    http::ClientRequest named =
        request_of({"", "POST", "/", {{"User-Agent", "x"}}, "", "", ""}, "example.amazonaws.com");
    for (http::ClientRequest* request : {&plain, &named})
        sign(*request, kSuite, {.region = "us-east-1", .service = "service"}, kSuiteTime);
    EXPECT_EQ(authorization(named), authorization(plain));
}

TEST(Signer, EncodesWhatIsNotUnreserved) {
    EXPECT_EQ(uri_encode("a b/c+\xC3\xBC=~", true), "a%20b/c%2B%C3%BC%3D~");
    EXPECT_EQ(uri_encode("a/b", false), "a%2Fb");
}

}  // namespace
}  // namespace outpost::aws
