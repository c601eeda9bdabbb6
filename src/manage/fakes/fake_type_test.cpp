#include "manage/fakes/fake_type.hpp"

#include "manage/fakes/run_task.hpp"

#include <stdexcept>

namespace outpost::manage::fakes {
namespace {

Task<int> answer(bool throws) {
    if (throws) throw std::runtime_error("a bug");
    co_return 42;
}

TEST(RunTask, ReturnsTheResultOrRethrows) {
    boost::asio::io_context context;
    EXPECT_EQ(run_task(context, answer(false)), 42);
    EXPECT_THROW(run_task(context, answer(true)), std::runtime_error);
    EXPECT_EQ(run_task(context, answer(false)), 42);
}

TEST(FakeType, NotesWhatPreprocessingWasGiven) {
    const FakeType type("webhook");
    model::Destination destination;
    destination.credentials = {{"rotate_secret", "true"}};
    EXPECT_TRUE(type.preprocess(destination, {ports::Role::tenant, {}, &destination, {{"a", "b"}}}).has_value());
    EXPECT_EQ(destination.credentials, (model::StringMap{{"secret", "whsec_made"}}));
    EXPECT_EQ(type.seen().role, ports::Role::tenant);
    EXPECT_TRUE(type.seen().had_stored);
    EXPECT_EQ(type.seen().sent_credentials, (model::StringMap{{"a", "b"}}));
    EXPECT_FALSE(type.preprocess(destination, {ports::Role::tenant, {}, nullptr, {{"secret", "x"}}}).has_value());
}

}  // namespace
}  // namespace outpost::manage::fakes
