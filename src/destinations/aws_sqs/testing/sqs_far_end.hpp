// A fake SQS queue for tests.
#pragma once

#include "base/encoding.hpp"
#include "destinations/aws/testing/far_end.hpp"
#include "destinations/aws_sqs/provider.hpp"
#include "net/aws/digest.hpp"

namespace outpost::aws_sqs {

class SqsFarEnd final : public aws::AwsFarEnd {
public:
    SqsFarEnd() : AwsFarEnd(&make_provider) {}

    model::Destination good() override {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "aws_sqs";
        destination.config = {{"queue_url", wire().service.url() + "/123456789012/orders"}};
        destination.credentials = keys();
        return destination;
    }
    /// The request that arrived last, parsed.
    json::object last() const { return last_; }

private:
    void rename_target(model::Destination& destination) const override {
        destination.config["queue_url"] += "-that-is-not-there";
    }
    http::FakeAnswer accept(const http::FakeRequest& request) override {
        last_ = parse_json(request.body)->as_object();
        if (!last_.at("QueueUrl").as_string().ends_with("/orders") &&
            !last_.at("QueueUrl").as_string().ends_with(".fifo"))
            return aws::json_error(400, "QueueDoesNotExist", "The specified queue does not exist.");
        const std::string body(last_.at("MessageBody").as_string());
        const json::object& attribute = last_.at("MessageAttributes").as_object().at("metadata").as_object();
        arrive(body, aws::string_map(*parse_json(attribute.at("StringValue").as_string())));
        return {.body = fmt::format(R"({{"MessageId":"m-1","MD5OfMessageBody":"{}"}})", to_hex(aws::md5(body)))};
    }

    json::object last_;
};

}  // namespace outpost::aws_sqs
