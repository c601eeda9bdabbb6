#include "destinations/aws/account.hpp"

#include <gtest/gtest.h>

namespace outpost::aws {
namespace {

model::Destination with_endpoint(std::string endpoint) {
    model::Destination destination;
    destination.config = {{"endpoint", std::move(endpoint)}};
    return destination;
}

TEST(Account, TakesItsKeysFromTheDestinationAlone) {  // decision B17
    model::Destination destination;
    setenv("AWS_ACCESS_KEY_ID", "AKIAAMBIENT", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "ambient", 1);
    EXPECT_EQ(credentials_of(destination).key_id, "");
    EXPECT_EQ(credentials_of(destination).secret, "");
    destination.credentials = {{"key", "k"}, {"secret", "s"}, {"session", "t"}};
    const Credentials credentials = credentials_of(destination);
    EXPECT_EQ(credentials.key_id + credentials.secret + credentials.session_token, "kst");
    unsetenv("AWS_ACCESS_KEY_ID");
    unsetenv("AWS_SECRET_ACCESS_KEY");
}

TEST(Account, TakesAnEndpointThatIsAnAbsoluteHttpUrl) {  // destinations.md §5, §6
    for (const char* good : {"", "http://localhost:4566", "https://vpce-1.kinesis.eu-west-1.vpce.amazonaws.com/x"})
        EXPECT_EQ(check_endpoint(with_endpoint(good)), std::nullopt) << good;
    for (const char* bad : {"localhost:4566", "/x", "ftp://x", "http://", "http://a b", "//x"})
        EXPECT_EQ(check_endpoint(with_endpoint(bad)), (ports::FieldProblem{"config.endpoint", "pattern"})) << bad;
}

TEST(Account, CallsTheServiceInItsRegionUnlessThereIsAnEndpoint) {  // decision B17
    model::Destination destination;
    destination.config = {{"region", "cn-north-1"}};
    EXPECT_EQ(regional_root(destination, "kinesis").origin(), "https://kinesis.cn-north-1.amazonaws.com.cn:443");
    destination.config["endpoint"] = "http://localhost:4566/x";
    EXPECT_EQ(regional_root(destination, "kinesis").origin(), "http://localhost:4566");
    EXPECT_EQ(regional_root(destination, "kinesis").target, "/x/");
}

TEST(Account, CallsTheRootOfAnEndpoint) {
    EXPECT_EQ(root_of(*http::parse_url("http://h:1")).target, "/");
    EXPECT_EQ(root_of(*http::parse_url("http://h:1/base//?a=b")).target, "/base/");
    EXPECT_EQ(root_of(*http::parse_url("http://user:pw@h:1/")).user_info, "");
}

}  // namespace
}  // namespace outpost::aws
