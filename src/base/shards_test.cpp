#include "base/shards.hpp"

#include "base/task_group.hpp"

#include <boost/asio/this_coro.hpp>

#include <set>
#include <stdexcept>

namespace outpost {
namespace {

Task<Executor> where_am_i() {
    co_return co_await boost::asio::this_coro::executor;
}

Task<int> broken() {
    throw std::runtime_error("broken");
    co_return 0;
}

struct Seen {
    Executor there, back;
    std::string thrown;
};

Task<void> visit(Executor other, Seen* seen) {
    Task<Executor> work = where_am_i();
    seen->there = co_await on(other, std::move(work));
    seen->back = co_await boost::asio::this_coro::executor;
    try {
        Task<int> failing = broken();
        co_await on(other, std::move(failing));
    } catch (const std::runtime_error& error) {
        seen->thrown = error.what();
    }
}

TEST(Shards, OwnEachKeyAlwaysTheSameWayAndAllGetSome) {
    boost::asio::io_context io;
    const Shards shards(std::vector<Executor>(5, Executor(io.get_executor())));
    std::set<std::size_t> owners;
    for (std::uint64_t key = 0; key < 200; ++key) {
        const std::size_t owner = shards.owner_of(key);
        ASSERT_LT(owner, shards.size());
        ASSERT_EQ(owner, shards.owner_of(key));
        owners.insert(owner);
    }
    EXPECT_EQ(owners.size(), shards.size());
}

TEST(Shards, WorkRunsThereAndReturnsHere) {
    boost::asio::io_context here;
    boost::asio::io_context there;
    TaskGroup tasks(here.get_executor(), "test");
    Seen seen;
    tasks.start(visit(there.get_executor(), &seen));
    for (int i = 0; i < 4; ++i) {
        for (boost::asio::io_context* io : {&here, &there}) {
            io->restart();
            io->poll();
        }
    }
    EXPECT_EQ(seen.there, Executor(there.get_executor()));
    EXPECT_EQ(seen.back, Executor(here.get_executor()));
    EXPECT_EQ(seen.thrown, "broken");
    EXPECT_EQ(tasks.size(), 0U);
}

}  // namespace
}  // namespace outpost
