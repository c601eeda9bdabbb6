// A fake S3 bucket for tests.
#pragma once

#include "base/crypto.hpp"
#include "base/encoding.hpp"
#include "destinations/aws/testing/far_end.hpp"
#include "destinations/aws_s3/provider.hpp"

namespace outpost::aws_s3 {

class BucketFarEnd final : public aws::AwsFarEnd {
public:
    BucketFarEnd() : AwsFarEnd(&make_provider) {}

    model::Destination good() override {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "aws_s3";
        destination.config = {{"bucket", "events"}, {"region", "eu-west-1"}, {"endpoint", wire().service.url()}};
        destination.credentials = keys();
        return destination;
    }

private:
    void rename_target(model::Destination& destination) const override { destination.config["bucket"] = "none"; }
    http::FakeAnswer refuse(int status, std::string_view code, std::string_view message) const override {
        return {.status = status,
                .body = fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code><Message>{}</Message>"
                                    "<RequestId>req-1</RequestId></Error>",
                                    code, message)};
    }
    http::FakeAnswer accept(const http::FakeRequest& request) override {
        if (!request.target.starts_with("/events/"))
            return refuse(404, "NoSuchBucket", "The specified bucket does not exist");
        if (request.headers.find("x-amz-checksum-sha256") != to_base64(sha256(request.body)) ||
            request.headers.find("X-Amz-Content-Sha256") != to_hex(sha256(request.body)))
            return refuse(400, "BadDigest", "The checksum does not fit");
        model::StringMap metadata;
        constexpr std::string_view prefix = "x-amz-meta-";
        for (const auto& [name, value] : request.headers) {
            if (name.starts_with(prefix)) metadata.emplace(name.substr(prefix.size()), value);
        }
        arrive(request.body, std::move(metadata));
        return {.fields = "ETag: \"x\"\r\n"};
    }
};

}  // namespace outpost::aws_s3
