#include "base/seal.hpp"

namespace outpost {
namespace {

TEST(Sealer, OpensWhatItSealed) {
    const Sealer sealer({"current"});
    for (const std::string& plain : {std::string(), std::string("{\"secret\":\"whsec\"}"), std::string(100'000, 'x')}) {
        EXPECT_EQ(sealer.open(sealer.seal(plain, "t1/d1"), "t1/d1"), plain);
    }
    EXPECT_EQ(sealer.open(sealer.seal("plain", ""), ""), "plain");
}

TEST(Sealer, NeverSealsTwiceAlike) {
    const Sealer sealer({"current"});
    EXPECT_NE(sealer.seal("same", "row"), sealer.seal("same", "row"));
    EXPECT_EQ(sealer.seal("same", "row").find("same"), std::string::npos);
}

TEST(Sealer, OpensWithAPreviousSecret) {  // decision D3: rotation
    const std::string old = Sealer({"old"}).seal("plain", "row");
    EXPECT_EQ(Sealer({"new", "older", "old"}).open(old, "row"), "plain");
    const auto unknown = Sealer({"new"}).open(old, "row");
    ASSERT_FALSE(unknown.has_value());
    EXPECT_EQ(unknown.error().code(), Errc::corrupt);
    EXPECT_NE(unknown.error().text().find("AES_ENCRYPTION_SECRET_PREVIOUS"), std::string::npos);
}

TEST(Sealer, SealsWithTheFirstSecret) {
    const std::string sealed = Sealer({"new", "old"}).seal("plain", "row");
    EXPECT_EQ(Sealer({"new"}).open(sealed, "row"), "plain");
    EXPECT_FALSE(Sealer({"old"}).open(sealed, "row").has_value());
}

TEST(Sealer, NoticesEveryChangedByte) {
    const Sealer sealer({"current"});
    const std::string sealed = sealer.seal("plain", "row");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        const auto opened = sealer.open(changed, "row");
        ASSERT_FALSE(opened.has_value()) << "byte " << i;
        EXPECT_EQ(opened.error().code(), Errc::corrupt);
    }
    for (std::size_t length = 0; length < sealed.size(); ++length) {
        EXPECT_FALSE(sealer.open(sealed.substr(0, length), "row").has_value()) << length;
    }
}

TEST(Sealer, CannotBeMovedToAnotherRow) {
    const Sealer sealer({"current"});
    EXPECT_FALSE(sealer.open(sealer.seal("plain", "row 1"), "row 2").has_value());
}

}  // namespace
}  // namespace outpost
