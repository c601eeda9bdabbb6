#include "destinations/aws_s3/config.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_s3 {
namespace {

std::optional<BucketConfig> parsed(model::StringMap config) {
    model::Destination destination;
    destination.config = std::move(config);
    return parse_config(destination);
}

std::string url(model::StringMap config) {
    const auto made = parsed(std::move(config));
    return made ? made->root.origin() + made->root.target : "none";
}

TEST(BucketConfigs, CallTheBucketsOwnHost) {  // destinations.md §7
    EXPECT_EQ(url({{"bucket", "acme-events"}, {"region", "eu-west-1"}}),
              "https://acme-events.s3.eu-west-1.amazonaws.com:443/");
    EXPECT_EQ(url({{"bucket", "b-1"}, {"region", "cn-north-1"}}), "https://b-1.s3.cn-north-1.amazonaws.com.cn:443/");
}

TEST(BucketConfigs, CallAPathOfAnEndpoint) {
    EXPECT_EQ(url({{"bucket", "b"}, {"region", "r"}, {"endpoint", "http://h:9/x"}}), "http://h:9/x/b/");
    EXPECT_EQ(url({{"bucket", "b"}, {"region", "r"}, {"endpoint", "h:9"}}), "none");
}

TEST(BucketConfigs, LetNoBucketChangeTheHost) {  // §15.2: its name is not checked
    for (const char* bucket :
         {"evil.com/", "evil.com#", "a.b", "A", "ab", "-abc", "abc-", "user@evil.com", "a b", "a?b"}) {
        const auto config = parsed({{"bucket", bucket}, {"region", "eu-west-1"}});
        ASSERT_TRUE(config.has_value());
        EXPECT_EQ(config->root.host, "s3.eu-west-1.amazonaws.com") << bucket;
    }
    EXPECT_EQ(url({{"bucket", "evil.com/?x#"}, {"region", "eu-west-1"}}),
              "https://s3.eu-west-1.amazonaws.com:443/evil.com%2F%3Fx%23/");
    EXPECT_FALSE(is_host_label(std::string(64, 'a')));
    EXPECT_TRUE(is_host_label(std::string(63, 'a')));
}

TEST(BucketConfigs, SendTheStorageClassInItsCanonicalCase) {
    EXPECT_EQ(storage_class(""), "STANDARD");
    EXPECT_EQ(storage_class("glacier_ir"), "GLACIER_IR");
    EXPECT_EQ(storage_class("COLD"), std::nullopt);
    EXPECT_EQ(parsed({{"bucket", "b"}, {"storage_class", "Standard_ia"}})->storage_class, "STANDARD_IA");
}

}  // namespace
}  // namespace outpost::aws_s3
