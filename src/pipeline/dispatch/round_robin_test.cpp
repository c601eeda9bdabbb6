#include "pipeline/dispatch/round_robin.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace outpost::pipeline {
namespace {

using Pushed = std::vector<std::pair<std::uint32_t, std::uint32_t>>;  // tenant, destination

std::vector<std::uint32_t> order_of(const Pushed& pushed) {
    RoundRobin ring;
    for (const auto& [tenant, destination] : pushed) ring.push(tenant, destination);
    std::vector<std::uint32_t> order;
    while (const auto next = ring.pop()) order.push_back(*next);
    return order;
}

TEST(RoundRobin, TakesTurnsOverTenantsThenOverTheirDestinations) {
    struct Case {
        Pushed pushed;
        std::vector<std::uint32_t> order;
    };
    const std::vector<Case> cases = {
        {{}, {}},
        {{{1, 10}}, {10}},
        {{{1, 10}, {1, 11}, {1, 12}}, {10, 11, 12}},
        {{{1, 10}, {1, 11}, {1, 12}, {2, 20}}, {10, 20, 11, 12}},
        {{{1, 10}, {1, 11}, {2, 20}, {3, 30}, {2, 21}}, {10, 20, 30, 11, 21}},
    };
    for (const Case& row : cases) EXPECT_EQ(order_of(row.pushed), row.order);
}

TEST(RoundRobin, ATenantThatComesBackWaitsBehindTheOthers) {
    RoundRobin ring;
    ring.push(1, 10);
    ring.push(2, 20);
    EXPECT_EQ(ring.pop(), 10U);
    ring.push(1, 10);
    EXPECT_EQ(ring.pop(), 20U);
    EXPECT_EQ(ring.pop(), 10U);
    EXPECT_TRUE(ring.empty());
    EXPECT_EQ(ring.pop(), std::nullopt);
}

TEST(RoundRobin, ADestinationThatComesBackWaitsBehindItsNeighbours) {
    RoundRobin ring;
    ring.push(1, 10);
    ring.push(1, 11);
    EXPECT_EQ(ring.pop(), 10U);
    ring.push(1, 10);
    EXPECT_EQ(ring.pop(), 11U);
    EXPECT_EQ(ring.pop(), 10U);
}

}  // namespace
}  // namespace outpost::pipeline
