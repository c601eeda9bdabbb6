#include "destinations/webhook/ed25519.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace outpost::webhook {
namespace {

// RFC 8032 §7.1, test 2.
const std::string kSeed = *from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
const std::string kPublic = *from_hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
constexpr std::string_view kSignatureHex =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(Ed25519, SignsAsTheStandardSays) {
    EXPECT_EQ(to_hex(sign_ed25519(kSeed, "r")), kSignatureHex);
    EXPECT_EQ(public_key_text(kSeed), "whpk_" + to_base64(kPublic));
}

TEST(Ed25519, AKeyIsASeedWithOrWithoutItsPublicKey) {
    EXPECT_EQ(signing_seed("whsk_" + to_base64(kSeed)), kSeed);
    EXPECT_EQ(signing_seed("whsk_" + to_base64(kSeed + kPublic)), kSeed);
}

TEST(Ed25519, NothingElseIsAKey) {
    EXPECT_EQ(signing_seed("whsec_" + to_base64(kSeed)), std::nullopt);
    EXPECT_EQ(signing_seed("whsk_"), std::nullopt);
    EXPECT_EQ(signing_seed("whsk_!"), std::nullopt);
    EXPECT_EQ(signing_seed("whsk_" + to_base64(kSeed.substr(1))), std::nullopt);
    EXPECT_EQ(signing_seed("whsk_" + to_base64(kSeed + kSeed)), std::nullopt);
}

}  // namespace
}  // namespace outpost::webhook
