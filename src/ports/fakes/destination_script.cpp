#include "ports/fakes/destination_script.hpp"

namespace outpost::ports::fakes {

Reply Reply::success(std::string code) {
    Reply reply;
    reply.outcome = {.status = model::AttemptStatus::success, .code = std::move(code)};
    return reply;
}

Reply Reply::failure(std::string code) {
    Reply reply;
    reply.outcome = {.status = model::AttemptStatus::failed, .code = std::move(code)};
    return reply;
}

Reply Reply::our_fault(std::string text) {
    Reply reply;
    reply.kind = Kind::our_fault;
    reply.text = std::move(text);
    return reply;
}

Reply Reply::exception(std::string text) {
    Reply reply;
    reply.kind = Kind::exception;
    reply.text = std::move(text);
    return reply;
}

Reply Reply::after(MonotonicTime::duration wait) && {
    delay = wait;
    return std::move(*this);
}

Reply Reply::asks_to_wait(Milliseconds wait) && {
    outcome.retry_after = wait;
    return std::move(*this);
}

Reply Reply::permanently() && {
    outcome.permanent = true;
    return std::move(*this);
}

Reply Reply::with_response(std::string json) && {
    outcome.response_data = std::move(json);
    return std::move(*this);
}

void DestinationScript::next(const DestinationId& destination, Reply reply, std::size_t times) {
    next_[destination].insert(next_[destination].end(), times, reply);
}

void DestinationScript::fails_times(std::size_t times, std::string code) {
    next(Reply::failure(std::move(code)), times);
}

void DestinationScript::always(const DestinationId& destination, Reply reply) {
    always_.insert_or_assign(destination, std::move(reply));
}

std::vector<Sent> DestinationScript::sent_to(const DestinationId& destination) const {
    std::vector<Sent> matching;
    for (const Sent& sent : sent_)
        if (sent.destination_id == destination) matching.push_back(sent);
    return matching;
}

Reply DestinationScript::begin(Sent sent) {
    const std::array<DestinationId, 2> places{sent.destination_id, DestinationId{}};  // its own script first
    sent_.push_back(std::move(sent));
    most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
    for (const DestinationId& place : places) {
        auto scripted = next_.find(place);
        if (scripted == next_.end() || scripted->second.empty()) continue;
        Reply reply = std::move(scripted->second.front());
        scripted->second.pop_front();
        return reply;
    }
    for (const DestinationId& place : places)
        if (const auto standing = always_.find(place); standing != always_.end()) return standing->second;
    return Reply::success();
}

}  // namespace outpost::ports::fakes
