#include "api/auth/jwt.hpp"

#include "base/crypto.hpp"
#include "base/encoding.hpp"

namespace outpost::api {
namespace {

constexpr std::string_view kSecret = "a secret of this deployment";
const TimePoint kNow = from_unix_ms(1'700'000'000'000);

std::string signed_by(std::string_view secret, std::string_view header, std::string_view claims) {
    const std::string text = to_base64url(header) + '.' + to_base64url(claims);
    return text + '.' + to_base64url(hmac_sha256(secret, text));
}
std::string with_claims(std::string_view claims) {
    return signed_by(kSecret, R"({"alg":"HS256","typ":"JWT"})", claims);
}
std::string with_header(std::string_view header) {
    return signed_by(kSecret, header, R"({"iss":"outpost","sub":"t1"})");
}

TEST(Token, HoldsForADayAndNamesItsTenant) {
    const std::string token = sign_token({"t1", kNow, ""}, kSecret);
    EXPECT_EQ(verify_token(token, kSecret, kNow), "t1");
    EXPECT_EQ(verify_token(token, kSecret, kNow + 24h - 1ms), "t1");
    EXPECT_EQ(verify_token(token, kSecret, kNow + 24h), std::nullopt);
    EXPECT_EQ(verify_token(token, "another secret", kNow), std::nullopt);
    EXPECT_EQ(verify_token(token, "", kNow), std::nullopt);
}

// api.md §2.2: the claims and their order; case 48.
TEST(Token, CarriesTheClaimsOfTheContract) {
    const std::string token = sign_token({"t\"1", kNow, "dep"}, kSecret);
    const std::size_t first = token.find('.');
    const std::size_t second = token.rfind('.');
    EXPECT_EQ(from_base64url(token.substr(0, first)), R"({"alg":"HS256","typ":"JWT"})");
    EXPECT_EQ(from_base64url(token.substr(first + 1, second - first - 1)),
              R"({"iss":"outpost","sub":"t\"1","iat":1700000000,"exp":1700086400,"deployment_id":"dep"})");
    EXPECT_EQ(sign_token({"t1", kNow, ""}, kSecret).find(to_base64url("deployment_id")), std::string::npos);
}

// api.md §2.2 and hard-cases T-67.
TEST(Token, ChecksEveryClaim) {
    struct Case {
        std::string_view claims;
        std::optional<std::string> subject;
    };
    const Case cases[] = {
        {R"({"iss":"outpost","sub":"t1"})", "t1"},
        {R"({"iss":"outpost","sub":"t1","exp":1700000001})", "t1"},
        {R"({"iss":"outpost","sub":"t1","exp":1700000000})", std::nullopt},
        {R"({"iss":"outpost","sub":"t1","exp":1700000000.5})", "t1"},
        {R"({"iss":"outpost","sub":"t1","exp":"1800000000"})", std::nullopt},
        {R"({"iss":"outpost","sub":"t1","exp":null})", std::nullopt},
        {R"({"iss":"outpost","sub":"t1","nbf":1700000000})", "t1"},
        {R"({"iss":"outpost","sub":"t1","nbf":1700000001})", std::nullopt},
        {R"({"iss":"outpost","sub":"t1","nbf":99999999999999})", std::nullopt},
        {R"({"iss":"other","sub":"t1"})", std::nullopt},
        {R"({"iss":["outpost"],"sub":"t1"})", std::nullopt},
        {R"({"sub":"t1"})", std::nullopt},
        {R"({"iss":"outpost","sub":1})", std::nullopt},
        {R"({"iss":"outpost","sub":null})", std::nullopt},
        {R"({"iss":"outpost"})", ""},
        {R"({"iss":"outpost","sub":""})", ""},
        {R"({"iss":"outpost","sub":"t1","sub":"t2"})", std::nullopt},
        {R"({"iss":"outpost","sub":"t1","x":{"sub":"t2"}})", "t1"},
        {R"({"iss":"outpost","sub":"t1","exp":1600000000,"exp":1800000000})", std::nullopt},
        {R"(["outpost"])", std::nullopt},
        {"", std::nullopt},
    };
    for (const Case& it : cases)
        EXPECT_EQ(verify_token(with_claims(it.claims), kSecret, kNow), it.subject) << it.claims;
}

TEST(Token, TakesOnlyHs256) {
    EXPECT_EQ(verify_token(with_header(R"({"alg":"HS256"})"), kSecret, kNow), "t1");
    EXPECT_EQ(verify_token(with_header(R"({"alg":"HS256","kid":"../../etc/passwd"})"), kSecret, kNow), "t1");
    for (std::string_view header :
         {R"({"alg":"none"})", R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})", R"({"alg":["HS256"]})",
          R"({"typ":"JWT"})", R"({"alg":"none","alg":"HS256"})", R"({"alg":"HS256","crit":["x"]})", "", "{"}) {
        EXPECT_EQ(verify_token(with_header(header), kSecret, kNow), std::nullopt) << header;
    }
}

TEST(Token, RefusesBrokenForms) {
    const std::string good = sign_token({"t1", kNow, ""}, kSecret);
    const std::string unsigned_part = good.substr(0, good.rfind('.'));
    std::string flipped = good;
    flipped[flipped.rfind('.') + 1] = flipped[flipped.rfind('.') + 1] == 'A' ? 'B' : 'A';
    for (const std::string& token : {std::string(), std::string("."), std::string(".."), unsigned_part,
                                     unsigned_part + ".", good + ".", good + "=", " " + good, good + " ", flipped,
                                     with_claims(R"({"iss":"outpost","sub":")" + std::string(9000, 'a') + "\"}")}) {
        EXPECT_EQ(verify_token(token, kSecret, kNow), std::nullopt) << token.substr(0, 60);
    }
}

}  // namespace
}  // namespace outpost::api
