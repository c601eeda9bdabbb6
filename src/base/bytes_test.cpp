#include "base/bytes.hpp"

namespace outpost {
namespace {

TEST(Bytes, AreEmptyByDefault) {
    EXPECT_TRUE(Bytes().empty());
    EXPECT_EQ(Bytes(), Bytes(""));
}

TEST(Bytes, SliceSharesStorageAndOutlivesTheWhole) {
    auto whole = std::make_unique<Bytes>(std::string(100, 'a') + "payload");
    const char* const storage = whole->view().data();
    const Bytes part = whole->slice(100, 7);
    whole.reset();
    EXPECT_EQ(part.view(), "payload");
    EXPECT_EQ(part.view().data(), storage + 100);
}

TEST(Bytes, SliceOfASliceCountsFromItsStart) {
    EXPECT_EQ(Bytes("0123456789").slice(2, 6).slice(1, 2).view(), "34");
}

TEST(Bytes, CompareByContent) {
    EXPECT_EQ(Bytes("abc").slice(1, 1), Bytes("b"));
    EXPECT_FALSE(Bytes("a") == Bytes("b"));
}

}  // namespace
}  // namespace outpost
