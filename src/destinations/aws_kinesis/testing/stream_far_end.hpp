// A fake Kinesis stream for tests.
#pragma once

#include "base/encoding.hpp"
#include "destinations/aws/testing/far_end.hpp"
#include "destinations/aws_kinesis/provider.hpp"

namespace outpost::aws_kinesis {

/// Takes the data out of {"data":…,"metadata":{…}}, byte for byte.
inline std::string data_of_envelope(const std::string& record) {
    constexpr std::string_view start = R"({"data":)";
    const auto end = record.rfind(R"(,"metadata":{)");
    return record.substr(start.size(), end - start.size());
}

class StreamFarEnd : public aws::AwsFarEnd {
public:
    explicit StreamFarEnd(ports::DestinationSettings settings = {.user_agent = "Outpost/test"})
        : AwsFarEnd(&make_provider, std::move(settings)) {}

    model::Destination good() override {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "aws_kinesis";
        destination.config = {{"stream_name", "orders"}, {"region", "eu-west-1"}, {"endpoint", wire().service.url()}};
        destination.credentials = keys();
        return destination;
    }

    std::string last_record;
    std::string last_key;

private:
    void rename_target(model::Destination& destination) const override { destination.config["stream_name"] = "none"; }
    http::FakeAnswer accept(const http::FakeRequest& request) override {
        const json::object body = parse_json(request.body)->as_object();
        if (body.at("StreamName").as_string() != "orders")
            return aws::json_error(400, "ResourceNotFoundException", "Stream none not found");
        last_key = body.at("PartitionKey").as_string();
        last_record = from_base64(body.at("Data").as_string()).value();
        if (const auto record = parse_json(last_record); record->as_object().contains("metadata"))
            arrive(data_of_envelope(last_record), aws::string_map(record->as_object().at("metadata")));
        return {.body = R"({"ShardId":"shardId-000000000001","SequenceNumber":"4957","EncryptionType":"NONE"})"};
    }
};

}  // namespace outpost::aws_kinesis
