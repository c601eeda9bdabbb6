#include "pipeline/deliver/publishers.hpp"

#include "base/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost::pipeline {
namespace {

model::Outcome set_up_failure(const Error& error) {
    log::warn("delivery.destination_unusable", {{"error", error.describe()}});
    return {.status = model::AttemptStatus::failed,
            .code = "ERR",
            .response_data = R"({"error":"failed to create publisher: validation failed"})"};
}

model::Outcome internal_error(std::string_view what, const model::Delivery& delivery) {
    log::error("delivery.exception", {{"event_id", delivery.event->id.value}, {"error", what}});
    return {.status = model::AttemptStatus::failed, .code = "internal_error"};
}

}  // namespace

Result<std::shared_ptr<ports::Publisher>> Publishers::get(
    const std::shared_ptr<const model::StoredDestination>& destination) {
    const std::uint32_t number = destination->key.destination;
    if (const auto known = open_.find(number); known != open_.end()) {
        if (known->second.version == destination->version &&
            known->second.incarnation == destination->key.incarnation) {
            uses_.splice(uses_.begin(), uses_, known->second.use);
            return known->second.publisher;
        }
        uses_.erase(known->second.use);
        open_.erase(known);
    }
    const auto provider = providers_.find(destination->destination.type);
    if (provider == providers_.end()) {
        return fail(Errc::not_found,
                    fmt::format("this build has no destination type {}", destination->destination.type));
    }
    TRY(std::shared_ptr<ports::Publisher> publisher, provider->second->open(destination));
    uses_.push_front(number);
    open_.emplace(number, Open{destination->version, destination->key.incarnation, publisher, uses_.begin()});
    if (open_.size() > kPublishersMax) {
        open_.erase(uses_.back());
        uses_.pop_back();
    }
    return publisher;
}

Task<Result<model::Outcome>> Publishers::send(model::Delivery delivery,
                                              std::shared_ptr<const model::StoredDestination> destination,
                                              TimePoint started, Deadline deadline) {
    std::string thrown;
    try {
        auto publisher = get(destination);
        if (!publisher) co_return set_up_failure(publisher.error());
        co_return co_await (*publisher)->send(delivery, started, deadline);
    } catch (const boost::system::system_error& error) {
        if (error.code() == boost::asio::error::operation_aborted) co_return fail(Errc::cancelled, "we are stopping");
        thrown = error.what();
    } catch (const std::exception& error) {
        thrown = error.what();
    } catch (...) {
        thrown = "not a standard exception";
    }
    co_return internal_error(thrown, delivery);
}

}  // namespace outpost::pipeline
