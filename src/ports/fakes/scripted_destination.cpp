#include "ports/fakes/scripted_destination.hpp"

#include "ports/fakes/hop.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <stdexcept>

namespace outpost::ports::fakes {
namespace {

class ScriptedPublisher final : public Publisher {
public:
    ScriptedPublisher(DestinationScript& script, Clock& clock,
                      std::shared_ptr<const model::StoredDestination> destination)
        : script_(script), clock_(clock), destination_(std::move(destination)) {}

    Task<Result<model::Outcome>> send(model::Delivery delivery, TimePoint attempt_time, Deadline deadline) override;

private:
    /// Ends the send in the script's books, however it ends.
    struct InFlight {
        explicit InFlight(DestinationScript& books) : script(books) {}
        ~InFlight() { script.end(); }
        InFlight(const InFlight&) = delete;
        InFlight& operator=(const InFlight&) = delete;
        DestinationScript& script;
    };

    DestinationScript& script_;
    Clock& clock_;
    std::shared_ptr<const model::StoredDestination> destination_;  // shared with the view it came from
};

Task<Result<model::Outcome>> ScriptedPublisher::send(model::Delivery delivery, TimePoint attempt_time,
                                                     Deadline deadline) {
    const Reply reply = script_.begin({.key = delivery.key,
                                       .event_id = delivery.event->id,
                                       .destination_id = destination_->destination.id,
                                       .version = destination_->version,
                                       .number = delivery.attempts_settled + 1,
                                       .manual = delivery.manual,
                                       .trace = delivery.trace,
                                       .time = attempt_time});
    const InFlight in_flight(script_);
    const MonotonicTime answered = clock_.monotonic() + reply.delay;
    try {
        co_await hop();
        co_await clock_.sleep_until(std::min(answered, deadline.at()));
    } catch (const boost::system::system_error& error) {
        if (error.code() != boost::asio::error::operation_aborted) throw;
        co_return fail(Errc::cancelled, "scripted destination: cancelled");
    }
    if (deadline.at() < answered) co_return Reply::failure("timeout").outcome;
    if (reply.kind == Reply::Kind::exception) throw std::runtime_error(reply.text);
    if (reply.kind == Reply::Kind::our_fault) co_return fail(Errc::unavailable, reply.text);
    co_return reply.outcome;
}

}  // namespace

ScriptedDestination::ScriptedDestination(DestinationScript& script, Clock& clock, std::string type)
    : script_(script), clock_(clock) {
    type_.label = type;
    type_.type = std::move(type);
}

Target ScriptedDestination::target(const model::Destination& destination) const {
    const auto url = destination.config.find("url");
    if (url == destination.config.end()) return {.text = destination.id.value, .url = {}};
    return {.text = url->second, .url = url->second};
}

Result<std::unique_ptr<Publisher>> ScriptedDestination::open(
    std::shared_ptr<const model::StoredDestination> destination) {
    if (!refusal_.empty()) return fail(Errc::invalid, refusal_);
    ++opened_;
    return std::make_unique<ScriptedPublisher>(script_, clock_, std::move(destination));
}

}  // namespace outpost::ports::fakes
