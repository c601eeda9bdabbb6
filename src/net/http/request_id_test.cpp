#include "net/http/request_id.hpp"

#include <gtest/gtest.h>

#include <set>

namespace outpost::http {
namespace {

TEST(RequestId, IsVisibleAsciiOfBoundedLength) {
    for (const std::string& good : std::vector<std::string>{"a", "!", "~", "9f1c-42:/\"{}", std::string(128, 'x')})
        EXPECT_TRUE(is_request_id(good)) << good;
    for (const std::string& bad : std::vector<std::string>{"", " ", "a b", "a\tb", "caf\xc3\xa9", "\x7f", "a\n",
                                                           std::string("a\0", 2), std::string(129, 'x')})
        EXPECT_FALSE(is_request_id(bad)) << bad;
}

TEST(RequestIds, AreAllDifferentAndUsable) {
    RequestIds ids(~std::uint64_t{0} - 500);  // passes the end of the numbers
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = ids.next();
        EXPECT_TRUE(is_request_id(id)) << id;
        EXPECT_EQ(id.size(), 13u);
        EXPECT_TRUE(seen.insert(id).second) << id;
    }
}

TEST(RequestIds, OfTwoShardsDoNotBeginAlike) {
    RequestIds one, other;
    EXPECT_NE(one.next(), other.next());
}

TEST(RequestIds, NeedNoAllocation) {
    RequestIds ids(1);
    const std::string id = ids.next();
    const auto* object = reinterpret_cast<const char*>(&id);
    EXPECT_TRUE(id.data() >= object && id.data() < object + sizeof id);
}

}  // namespace
}  // namespace outpost::http
