#include "base/hash.hpp"

namespace outpost {
namespace {

TEST(Hash, NeverChanges) {  // stored on disk: the published values of XXH3
    EXPECT_EQ(hash64(""), 0x2D06800538D394C2ull);
    EXPECT_EQ(hash64("a"), 0xE6C632B61E964E1Full);
    EXPECT_EQ(hash64("abc"), 0x78AF5F94892F3950ull);
}

TEST(Hash, DependsOnTheSeed) {
    EXPECT_NE(hash64("abc", 1), hash64("abc"));
    EXPECT_EQ(hash64("abc", 1), hash64("abc", 1));
}

}  // namespace
}  // namespace outpost
