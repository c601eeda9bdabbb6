#include "base/oneshot.hpp"

#include "base/task_group.hpp"

#include <thread>

namespace outpost {
namespace {

using Pending = std::optional<Answer<std::unique_ptr<int>>>;

Task<void> wait_for(Pending* pending, std::unique_ptr<int>* got, std::thread::id* where) {
    auto start = [pending](Answer<std::unique_ptr<int>> answer) { pending->emplace(std::move(answer)); };
    *got = co_await await_answer<std::unique_ptr<int>>(start);
    *where = std::this_thread::get_id();
}

Task<void> answered_at_once(int* got) {
    auto start = [](Answer<int> answer) { answer(7); };
    *got = co_await await_answer<int>(start);
}

TEST(Oneshot, GoesOnWithTheAnswer) {
    boost::asio::io_context io;
    TaskGroup tasks(io.get_executor(), "test");
    Pending pending;
    std::unique_ptr<int> got;
    std::thread::id where;
    tasks.start(wait_for(&pending, &got, &where));
    io.poll();
    ASSERT_TRUE(pending.has_value());
    EXPECT_EQ(got, nullptr);
    (*pending)(std::make_unique<int>(42));
    io.restart();
    io.poll();
    ASSERT_NE(got, nullptr);
    EXPECT_EQ(*got, 42);
}

TEST(Oneshot, GoesOnOnItsOwnThreadWhoeverAnswers) {
    boost::asio::io_context io;
    TaskGroup tasks(io.get_executor(), "test");
    Pending pending;
    std::unique_ptr<int> got;
    std::thread::id where;
    tasks.start(wait_for(&pending, &got, &where));
    io.poll();
    std::thread([&] { (*pending)(std::make_unique<int>(1)); }).join();
    EXPECT_EQ(got, nullptr);
    io.restart();
    io.poll();
    ASSERT_NE(got, nullptr);
    EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(Oneshot, AnsweredHereItGoesOnBeforeTheCallReturns) {
    boost::asio::io_context io;
    TaskGroup tasks(io.get_executor(), "test");
    Pending pending;
    std::unique_ptr<int> got;
    std::thread::id where;
    tasks.start(wait_for(&pending, &got, &where));
    io.poll();
    io.restart();
    bool went_on = false;
    boost::asio::post(io, [&] {
        pending->here(std::make_unique<int>(3));
        went_on = got != nullptr;
    });
    io.poll();
    EXPECT_TRUE(went_on);
    EXPECT_EQ(*got, 3);
}

TEST(Oneshot, MayBeAnsweredBeforeTheWaitBegins) {
    boost::asio::io_context io;
    TaskGroup tasks(io.get_executor(), "test");
    int got = 0;
    tasks.start(answered_at_once(&got));
    io.poll();
    EXPECT_EQ(got, 7);
}

}  // namespace
}  // namespace outpost
