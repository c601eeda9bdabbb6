#include "ports/conformance/destination_type_suite.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/system/system_error.hpp>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(DestinationTypeSuite);

void link_destination_type_cases();
void link_destination_type_suite() {
    link_destination_type_cases();
}

std::ostream& operator<<(std::ostream& out, const FarEndKind& kind) {
    return out << kind.name;
}

std::shared_ptr<Publisher> DestinationTypeSuite::open(model::Destination destination) {
    auto stored = std::make_shared<model::StoredDestination>();
    stored->destination = std::move(destination);
    stored->key = {1, 1, 1};
    stored->version = 1;
    auto opened = it().provider().open(stored);
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error().describe());
    return opened ? std::shared_ptr<Publisher>(*std::move(opened)) : nullptr;
}

model::Event DestinationTypeSuite::event(std::string id) {
    model::Event event{.id = EventId(std::move(id)), .topic = "orders", .time = kAttemptTime + 500ms};
    event.metadata = {{"source", "a<b&c"}, {"region", "eu"}};
    event.data = Bytes(std::string(R"({ "order_id":"123", "status":"created", "n":1.0, "note":"a<b & ü" })"));
    return event;
}

std::shared_ptr<DestinationTypeSuite::Sending> DestinationTypeSuite::start(const std::shared_ptr<Publisher>& publisher,
                                                                           model::Event event,
                                                                           MonotonicTime::duration wait) {
    auto sending = std::make_shared<Sending>();
    model::Delivery delivery{.event = std::make_shared<const model::Event>(std::move(event))};
    const Deadline deadline = Deadline::after(it().clock(), wait);
    // As the pipeline does: whoever sends keeps the publisher open.
    const auto ended = [sending, publisher](const std::exception_ptr& thrown, Answer answer) {
        if (!thrown) sending->answer.emplace(std::move(answer));
        else sending->answer.emplace(fail(Errc::cancelled, "an exception ended it"));
    };
    boost::asio::co_spawn(it().io(), publisher->send(std::move(delivery), kAttemptTime, deadline),
                          boost::asio::bind_cancellation_slot(sending->cancel.slot(), ended));
    return sending;
}

DestinationTypeSuite::Answer DestinationTypeSuite::await(const std::shared_ptr<Sending>& sending) {
    it().io().restart();
    while (!sending->answer) it().io().run_one();
    return *sending->answer;
}

std::string DestinationTypeSuite::text(const Answer& answer) {
    return answer ? answer->code : "error: " + answer.error().describe();
}

std::vector<std::string> DestinationTypeSuite::secrets(const model::Destination& destination,
                                                       const model::DestinationType& type) {
    std::vector<std::string> values;
    for (const model::TypeField& field : type.credential_fields) {
        const auto found = destination.credentials.find(field.key);
        if (field.sensitive && found != destination.credentials.end()) values.push_back(found->second);
    }
    return values;
}

}  // namespace outpost::ports::conformance
