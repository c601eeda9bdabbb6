#include "app/limits.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace outpost::app {
namespace {

/// The descriptor limit of this process, while it lives.
class DescriptorLimit {
public:
    explicit DescriptorLimit(rlim_t soft) {
        getrlimit(RLIMIT_NOFILE, &before_);
        rlimit less = before_;
        less.rlim_cur = soft;
        EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &less), 0);
    }
    ~DescriptorLimit() { setrlimit(RLIMIT_NOFILE, &before_); }
    DescriptorLimit(const DescriptorLimit&) = delete;
    DescriptorLimit& operator=(const DescriptorLimit&) = delete;

private:
    rlimit before_{};
};

TEST(Limits, ConnectionsAndSendsShareTheDescriptors) {
    struct Case {
        rlim_t descriptors;
        std::size_t connections, sends;
    };
    for (const Case& it : {Case{4096, 1792, 1792}, Case{1024, 256, 256}, Case{256, 64, 64}}) {
        const DescriptorLimit limit(it.descriptors);
        EXPECT_EQ(connections_max({}), it.connections) << it.descriptors;
        EXPECT_EQ(concurrency_of_shard({}, 1), it.sends) << it.descriptors;
        EXPECT_LE(it.connections + it.sends, it.descriptors);
    }
}

TEST(Limits, AConfiguredNumberOfConnectionsHoldsAsFarAsTheDescriptorsGo) {
    const DescriptorLimit limit(4096);
    Config config;
    config.api_max_connections = 20;
    EXPECT_EQ(connections_max(config), 20u);
    config.api_max_connections = 100'000;
    EXPECT_EQ(connections_max(config), 3584u);
}

TEST(Limits, SendsAreDividedAmongShardsAndEachHasOne) {  // decision B13
    Config config;
    config.delivery_max_concurrency = 64;
    EXPECT_EQ(concurrency_of_shard(config, 4), 16u);
    config.delivery_max_concurrency = 1;
    EXPECT_EQ(concurrency_of_shard(config, 4), 1u);
}

TEST(Limits, TheSoftLimitIsRaisedToTheHardOne) {
    const DescriptorLimit low(512);
    raise_descriptor_limit();
    rlimit now{};
    getrlimit(RLIMIT_NOFILE, &now);
    EXPECT_EQ(now.rlim_cur, now.rlim_max);
}

}  // namespace
}  // namespace outpost::app
