#include "net/resolver/cache.hpp"

#include <gtest/gtest.h>

namespace outpost::resolver {
namespace {

const MonotonicTime kStart{std::chrono::hours(1)};

Outcome found(const char* address) {
    return std::vector<boost::asio::ip::address>{boost::asio::ip::make_address(address)};
}

TEST(ResolverCache, ForgetsAtTheEndOfTheTime) {
    Cache cache(10);
    cache.store("a", found("1.1.1.1"), kStart + 5s);
    ASSERT_NE(cache.find("a", kStart + 4999ms), nullptr);
    EXPECT_EQ(**cache.find("a", kStart), *found("1.1.1.1"));
    EXPECT_EQ(cache.find("a", kStart + 5s), nullptr);
    EXPECT_EQ(cache.size(), 0u);
}

TEST(ResolverCache, ReplacesWhatItKnew) {
    Cache cache(10);
    cache.store("a", found("1.1.1.1"), kStart + 5s);
    cache.store("a", std::unexpected(net::Failure{net::FailureKind::dns_error, ""}), kStart + 9s);
    ASSERT_NE(cache.find("a", kStart + 8s), nullptr);
    EXPECT_FALSE(cache.find("a", kStart + 8s)->has_value());
    EXPECT_EQ(cache.size(), 1u);
}

TEST(ResolverCache, DropsTheLeastRecentlyUsedEntryAtItsLimit) {
    Cache cache(2);
    cache.store("a", found("1.1.1.1"), kStart + 5s);
    cache.store("b", found("1.1.1.2"), kStart + 5s);
    EXPECT_NE(cache.find("a", kStart), nullptr);
    cache.store("c", found("1.1.1.3"), kStart + 5s);
    EXPECT_EQ(cache.find("b", kStart), nullptr);
    EXPECT_NE(cache.find("a", kStart), nullptr);
    EXPECT_NE(cache.find("c", kStart), nullptr);
}

TEST(ResolverCache, OfSizeZeroKeepsNothing) {
    Cache cache(0);
    cache.store("a", found("1.1.1.1"), kStart + 5s);
    EXPECT_EQ(cache.find("a", kStart), nullptr);
}

}  // namespace
}  // namespace outpost::resolver
