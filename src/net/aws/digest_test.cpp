#include "net/aws/digest.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

TEST(Digest, IsTheMd5ThatSqsAnswers) {  // destinations.md §13.4
    EXPECT_EQ(to_hex(md5(R"({"order_id":"123","status":"created"})")), "8e5b2941e8a6d0395bc3a448378c2fa8");
    EXPECT_EQ(to_hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
}

}  // namespace
}  // namespace outpost::aws
