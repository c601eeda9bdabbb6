#include "destinations/aws_sqs/provider.hpp"

#include "destinations/aws_sqs/testing/sqs_far_end.hpp"

#include <gtest/gtest.h>

namespace outpost::aws_sqs {
namespace {

class SqsRules : public testing::Test {
protected:
    /// "ok" or "field rule".
    std::string verdict(const model::StringMap& config) {
        model::Destination destination = it.good();
        for (const auto& [key, value] : config) destination.config[key] = value;
        const auto fields = model::check_fields(it.provider().type(), destination.config, destination.credentials);
        if (!fields.empty()) return fields[0].first + " " + fields[0].second;
        const auto valid = it.provider().validate(destination);
        return valid ? "ok" : valid.error().problems.at(0).field + " " + valid.error().problems.at(0).rule;
    }
    SqsFarEnd it;
};

TEST_F(SqsRules, AreThoseOfTheContract) {  // destinations.md §5
    EXPECT_EQ(verdict({}), "ok");
    EXPECT_EQ(verdict({{"queue_url", ""}}), "config.queue_url required");
    EXPECT_EQ(verdict({{"queue_url", "sqs.us-east-1.amazonaws.com/1/q"}}), "config.queue_url pattern");
    EXPECT_EQ(verdict({{"endpoint", "localhost:4566"}}), "config.endpoint pattern");
    EXPECT_EQ(verdict({{"endpoint", "http://localhost:4566"}}), "ok");
}

TEST_F(SqsRules, RefuseForbiddenAddresses) {  // §15.4 rule 3
    EXPECT_EQ(verdict({{"queue_url", "http://169.254.169.254/1/q"}}), "config.queue_url forbidden");
    EXPECT_EQ(verdict({{"endpoint", "http://169.254.169.254/"}}), "config.endpoint forbidden");
}

TEST_F(SqsRules, MissKeys) {
    const model::Destination good = it.good();
    using Problems = std::vector<std::pair<std::string, std::string>>;
    EXPECT_EQ(model::check_fields(it.provider().type(), good.config, {}),
              (Problems{{"credentials.key", "required"}, {"credentials.secret", "required"}}));
}

TEST_F(SqsRules, MaskKeysAndSessionToken) {  // §1.7; the session is declared here
    const model::Destination shown = it.provider().display(it.good(), {});
    EXPECT_EQ(shown.credentials.at("key"), "AKIA****************");
    EXPECT_EQ(shown.credentials.at("secret"), "wJal" + std::string(36, '*'));
    EXPECT_EQ(shown.credentials.at("session"), "c2Vz********");
    EXPECT_EQ(shown.config, it.good().config);
}

TEST_F(SqsRules, NameTheQueueAsTheTarget) {
    model::Destination destination = it.good();
    EXPECT_EQ(it.provider().target(destination).text, destination.config["queue_url"]);
    EXPECT_EQ(it.provider().target(destination).url, "");
    destination.config["queue_url"] = "https://sqs.us-east-1.amazonaws.com/1/q";
    EXPECT_TRUE(it.provider().target(destination).url.starts_with("https://us-east-1.console.aws.amazon.com/sqs/v3/"));
}

}  // namespace
}  // namespace outpost::aws_sqs
