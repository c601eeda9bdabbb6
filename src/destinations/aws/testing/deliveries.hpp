// One attempt of the contract's example event to a fake far end. For tests.
#pragma once

#include "destinations/aws/testing/far_end.hpp"

namespace outpost::aws {

template <class FarEndType>
class Deliveries : public testing::Test {
protected:
    model::Outcome deliver(const model::Destination& destination) {
        auto stored = std::make_shared<model::StoredDestination>();
        stored->destination = destination;
        auto publisher = it.provider().open(stored);
        EXPECT_TRUE(publisher.has_value());
        if (!publisher) return {};
        preview = (*publisher)->preview(event, ports::conformance::kAttemptTime);
        model::Delivery delivery{.event = std::make_shared<const model::Event>(event)};
        const auto outcome = it.wire().run((*publisher)
                                               ->send(std::move(delivery), ports::conformance::kAttemptTime,
                                                      Deadline::after(it.clock(), std::chrono::seconds(20))));
        EXPECT_TRUE(outcome.has_value());
        return outcome.value_or(model::Outcome{});
    }
    /// "ok", or the first problem of a destination that differs from the good one: "config.region required".
    std::string verdict(const model::StringMap& config, const model::StringMap& credentials = {}) {
        model::Destination destination = it.good();
        for (const auto& [key, value] : config) destination.config[key] = value;
        for (const auto& [key, value] : credentials) destination.credentials[key] = value;
        const auto fields = model::check_fields(it.provider().type(), destination.config, destination.credentials);
        if (!fields.empty()) return fields[0].first + " " + fields[0].second;
        const auto valid = it.provider().validate(destination);
        return valid ? "ok" : valid.error().problems.at(0).field + " " + valid.error().problems.at(0).rule;
    }
    const http::FakeRequest& request() { return it.wire().service.requests.back(); }
    std::string header(std::string_view name) { return std::string(request().headers.find(name).value_or("none")); }

    /// destinations.md §13.4
    static model::Event example() {
        model::Event one{.id = EventId("evt_123"), .topic = "orders", .time = ports::conformance::kAttemptTime};
        one.metadata = {{"source", "a<b&c"}, {"region", "eu"}};
        one.data = Bytes(std::string(R"({"order_id":"123","status":"created"})"));
        return one;
    }

    FarEndType it;
    model::Event event = example();
    std::optional<ports::RequestPreview> preview;
};

/// §13.4: Kinesis data and EventBridge detail.
inline constexpr const char* kExampleEnvelope =
    R"({"data":{"order_id":"123","status":"created"},"metadata":{"event-id":"evt_123","region":"eu",)"
    R"("source":"a\u003cb\u0026c","timestamp":"2024-06-01T08:23:36Z","topic":"orders"}})";

}  // namespace outpost::aws
