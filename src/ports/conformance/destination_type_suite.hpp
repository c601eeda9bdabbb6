// The contract of ports/destination.hpp as tests, with a far end that the fixture plays. Instantiate it for every type:
//   INSTANTIATE_TEST_SUITE_P(AwsSqs, DestinationTypeSuite, testing::Values(FarEndKind{"Fake", make}), FarEndName{});
#pragma once

#include "base/clock.hpp"
#include "ports/destination.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace outpost::ports::conformance {

/// One event as the far end got it.
struct Arrived {
    std::string data;
    model::StringMap metadata;  ///< names as the publisher had them, where the type keeps their case
};

/// How the far end may be made to fail.
enum class Trouble { silent, gone, wrong_credentials, missing_target, blocked_address, oversize };

/// One type and a far end of it, on one thread.
class FarEnd {
public:
    virtual ~FarEnd() = default;

    virtual DestinationProvider& provider() = 0;
    virtual boost::asio::io_context& io() = 0;
    virtual Clock& clock() = 0;
    /// A destination that works: complete, with a secret among its credentials if the type has credentials.
    virtual model::Destination good() = 0;
    /// The destination to send to for this trouble, after the far end has been put into it: as good() or another.
    /// nullopt: the type knows no such trouble.
    virtual std::optional<model::Destination> cause(Trouble trouble) = 0;
    /// Ends `silent`, `gone` and `oversize`.
    virtual void recover() = 0;
    /// The code of a failed attempt.
    virtual std::string code_of(Trouble trouble) const = 0;
    virtual std::string code_of_success() const = 0;
    /// What arrived so far, in any order.
    virtual std::vector<Arrived> arrived() = 0;
    /// Connections that were ever made to it.
    virtual std::size_t connections() const = 0;
};

struct FarEndKind {
    std::string name;
    std::function<std::unique_ptr<FarEnd>()> make;
};
std::ostream& operator<<(std::ostream& out, const FarEndKind& kind);

struct FarEndName {
    std::string operator()(const testing::TestParamInfo<FarEndKind>& info) const { return info.param.name; }
};

inline const TimePoint kAttemptTime = from_unix_ms(1'717'230'216'000);  ///< 2024-06-01T08:23:36Z (destinations.md §13)

class DestinationTypeSuite : public testing::TestWithParam<FarEndKind> {
protected:
    DestinationTypeSuite() : far_end_(GetParam().make()) {}

    using Answer = Result<model::Outcome>;
    /// One attempt under way.
    struct Sending {
        std::optional<Answer> answer;
        boost::asio::cancellation_signal cancel;
    };

    FarEnd& it() { return *far_end_; }
    /// Opens it; an error fails the test.
    std::shared_ptr<Publisher> open(model::Destination destination);
    /// The contract's example event (§13), with this id.
    static model::Event event(std::string id = "evt_123");
    std::shared_ptr<Sending> start(const std::shared_ptr<Publisher>& publisher, model::Event event,
                                   MonotonicTime::duration wait = std::chrono::seconds(20));
    Answer await(const std::shared_ptr<Sending>& sending);
    Answer send(const std::shared_ptr<Publisher>& publisher, model::Event event,
                MonotonicTime::duration wait = std::chrono::seconds(20)) {
        return await(start(publisher, std::move(event), wait));
    }
    /// "OK", the code of a failed attempt, or "error: …".
    static std::string text(const Answer& answer);
    /// The values that nobody may be shown.
    static std::vector<std::string> secrets(const model::Destination& destination, const model::DestinationType& type);

private:
    std::unique_ptr<FarEnd> far_end_;
};

/// Draws the cases out of the library into any program that includes this header.
void link_destination_type_suite();
[[gnu::used]] inline constexpr auto kDestinationTypeSuiteLinked = &link_destination_type_suite;

}  // namespace outpost::ports::conformance
