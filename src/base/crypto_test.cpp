#include "base/crypto.hpp"

#include "base/encoding.hpp"

namespace outpost {
namespace {

TEST(Digest, MatchesPublishedVectors) {  // FIPS 180-4 examples
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(to_hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Hmac, MatchesPublishedVectors) {  // RFC 4231 cases 1, 2; RFC 2202 case 2; an empty key
    EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(hmac_sha1("Jefe", "what do ya want for nothing?")), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
    EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hkdf, MatchesPublishedVectors) {  // RFC 5869 cases 1 and 3
    EXPECT_EQ(to_hex(hkdf_sha256(std::string(22, '\x0b'), *from_hex("000102030405060708090a0b0c"),
                                 *from_hex("f0f1f2f3f4f5f6f7f8f9"), 42)),
              "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    EXPECT_EQ(to_hex(hkdf_sha256(std::string(22, '\x0b'), "", "", 42)),
              "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(RandomBytes, DifferEachTime) {
    EXPECT_EQ(random_bytes(32).size(), 32U);
    EXPECT_NE(random_bytes(32), random_bytes(32));
    EXPECT_EQ(random_bytes(0), "");
}

TEST(ConstantTime, ComparesWholeTexts) {  // decision A16
    EXPECT_TRUE(equal_constant_time("secret", "secret"));
    EXPECT_TRUE(equal_constant_time("", ""));
    EXPECT_FALSE(equal_constant_time("secret", "secreT"));
    EXPECT_FALSE(equal_constant_time("secret", "secre"));
    EXPECT_FALSE(equal_constant_time("", "s"));
}

}  // namespace
}  // namespace outpost
