// A fake EventBridge bus for tests.
#pragma once

#include "destinations/aws/testing/far_end.hpp"
#include "destinations/aws_eventbridge/provider.hpp"

namespace outpost::aws_eventbridge {

class BusFarEnd final : public aws::AwsFarEnd {
public:
    BusFarEnd() : AwsFarEnd(&make_provider) {}

    model::Destination good() override {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "aws_eventbridge";
        destination.config = {
            {"event_bus_name", "orders"}, {"region", "eu-west-1"}, {"endpoint", wire().service.url()}};
        destination.credentials = keys();
        return destination;
    }
    /// The entry that came last.
    json::object last() const { return last_; }

private:
    void rename_target(model::Destination& destination) const override {
        destination.config["event_bus_name"] = "none";
    }
    http::FakeAnswer accept(const http::FakeRequest& request) override {
        last_ = parse_json(request.body)->as_object().at("Entries").as_array().at(0).as_object();
        const json::value* bus = last_.if_contains("EventBusName");
        if (bus != nullptr && bus->as_string() == "none")
            return {.body = R"({"FailedEntryCount":1,"Entries":[{"ErrorCode":"NotFound","ErrorMessage":"no bus"}]})"};
        const std::string detail(last_.at("Detail").as_string());
        constexpr std::string_view start = R"({"data":)";
        const auto end = detail.rfind(R"(,"metadata":{)");
        arrive(detail.substr(start.size(), end - start.size()),
               aws::string_map(parse_json(detail)->as_object().at("metadata")));
        return {.body = R"({"FailedEntryCount":0,"Entries":[{"EventId":"11710aed-b79e"}]})"};
    }

    json::object last_;
};

}  // namespace outpost::aws_eventbridge
