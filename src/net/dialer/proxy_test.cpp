#include "net/dialer/proxy.hpp"

#include <gtest/gtest.h>

namespace outpost::net {
namespace {

// destinations.md §2.10, the table of flags.
TEST(Proxy, EnvoyFlagsStandForTheFailuresOfTheContract) {
    const std::vector<std::pair<std::string_view, std::string_view>> table = {{"UF", "connection_refused"},
                                                                              {"UH", "connection_refused"},
                                                                              {"LH", "connection_refused"},
                                                                              {"UC", "connection_reset"},
                                                                              {"UR", "connection_reset"},
                                                                              {"LR", "connection_reset"},
                                                                              {"UT", "timeout"},
                                                                              {"SI", "timeout"},
                                                                              {"DT", "timeout"},
                                                                              {"UMSDR", "timeout"},
                                                                              {"DF", "dns_error"},
                                                                              {"NR", "network_unreachable"},
                                                                              {"NC", "network_unreachable"},
                                                                              {"UPE", "protocol_error"},
                                                                              {"DPE", "protocol_error"},
                                                                              {"XX", "network_error"},
                                                                              {"UF,URX", "network_error"},
                                                                              {" UT\t", "timeout"}};
    for (const auto& [flag, code] : table) {
        const auto kind = failure_of_envoy_flag(flag);
        ASSERT_TRUE(kind.has_value()) << flag;
        EXPECT_EQ(to_string(*kind), code) << flag;
    }
}

TEST(Proxy, NoFlagIsNoFailure) {
    EXPECT_EQ(failure_of_envoy_flag(""), std::nullopt);
    EXPECT_EQ(failure_of_envoy_flag(" "), std::nullopt);
    EXPECT_EQ(failure_of_envoy_flag("-"), std::nullopt);
}

TEST(Proxy, OnlyRefusalsOfUsAreTheProxysOwn) {
    for (const int status : {401, 403, 407}) EXPECT_TRUE(is_refusal_of_us(status)) << status;
    for (const int status : {200, 400, 404, 500, 502, 503, 504}) EXPECT_FALSE(is_refusal_of_us(status)) << status;
}

}  // namespace
}  // namespace outpost::net
