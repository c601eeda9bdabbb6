#include "net/dialer/connect.hpp"

#include <gtest/gtest.h>

namespace outpost::net {
namespace {

std::vector<boost::asio::ip::address> list(std::initializer_list<const char*> texts) {
    std::vector<boost::asio::ip::address> all;
    for (const char* text : texts) all.push_back(boost::asio::ip::make_address(text));
    return all;
}

TEST(ConnectionOrder, AlternatesFamiliesBeginningWithIpv6) {
    EXPECT_EQ(connection_order(list({"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2"})),
              list({"2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2", "192.0.2.3"}));
    EXPECT_EQ(connection_order(list({"192.0.2.2", "192.0.2.1"})), list({"192.0.2.2", "192.0.2.1"}));
    EXPECT_EQ(connection_order(list({"2001:db8::2"})), list({"2001:db8::2"}));
}

TEST(ConnectionOrder, IsBoundedAndHoldsBothFamilies) {
    auto addresses = list({"192.0.2.1"});
    for (unsigned char i = 0; i < 60; ++i)
        addresses.push_back(boost::asio::ip::make_address(fmt::format("2001:db8::{:x}", i + 1)));
    const auto order = connection_order(addresses);
    EXPECT_EQ(order.size(), kAddressesTriedMax);
    EXPECT_EQ(order[1], addresses[0]);
}

FailureKind told(std::vector<FailureKind> kinds) {
    std::vector<Failure> failures;
    for (const FailureKind kind : kinds) failures.push_back({kind, ""});
    return most_telling(std::move(failures)).kind;
}

TEST(MostTelling, PrefersWhatAServerDidAndNeverHidesItBehindOurShortage) {
    using enum FailureKind;
    EXPECT_EQ(told({network_unreachable, connection_refused}), connection_refused);
    EXPECT_EQ(told({resources, connection_refused}), connection_refused);
    EXPECT_EQ(told({resources, network_unreachable}), network_unreachable);
    EXPECT_EQ(told({resources, resources}), resources);
    EXPECT_EQ(told({connection_reset, connection_refused}), connection_reset);
}

}  // namespace
}  // namespace outpost::net
