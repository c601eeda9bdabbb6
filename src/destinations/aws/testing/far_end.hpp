// A fake AWS service as the far end of the destination suite: checks signatures, fails when told. For tests.
#pragma once

#include "net/aws/testing/signed_with.hpp"
#include "net/http/testing/wire.hpp"
#include "ports/conformance/destination_type_suite.hpp"
#include "ports/destination_context.hpp"

#include "base/json.hpp"

namespace outpost::aws {

inline const Credentials kFakeKeys{.key_id = "AKIAIOSFODNN7EXAMPLE",
                                   .secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
                                   .session_token = "c2Vzc2lvbg=="};
inline constexpr std::size_t kFakeBodyBytesMax = 1'000'000;

/// An error in the form of AWS's JSON protocols.
inline http::FakeAnswer json_error(int status, std::string_view code, std::string_view message) {
    return {.status = status,
            .body = fmt::format(R"({{"__type":"com.amazonaws.fake#{}","message":"{}"}})", code, message),
            .fields = "x-amzn-RequestId: req-1\r\n"};
}

/// What a JSON object of strings holds.
inline model::StringMap string_map(const json::value& object) {
    model::StringMap map;
    for (const auto& [key, value] : object.as_object()) map.emplace(key, value.as_string());
    return map;
}

class AwsFarEnd : public ports::conformance::FarEnd {
public:
    using Trouble = ports::conformance::Trouble;
    using MakeProvider = std::unique_ptr<ports::DestinationProvider> (*)(const ports::ProviderContext&);

    explicit AwsFarEnd(MakeProvider make_provider, ports::DestinationSettings settings = {.user_agent = "Outpost/test"})
        : settings_(std::move(settings)) {
        wire_.service.handle_with([this](const http::FakeRequest& request) { return judge(request); });
        provider_ = make_provider({wire_.client, wire_.policy, wire_.clock, settings_});
    }

    ports::DestinationProvider& provider() override { return *provider_; }
    boost::asio::io_context& io() override { return wire_.io; }
    Clock& clock() override { return wire_.clock; }
    std::optional<model::Destination> cause(Trouble trouble) override {
        model::Destination destination = good();
        switch (trouble) {
            case Trouble::silent: silent_ = true; break;
            case Trouble::gone:
                wire_.service.close();
                gone_ = true;
                break;
            case Trouble::wrong_credentials: destination.credentials["secret"] = "quite-another-secret"; break;
            case Trouble::missing_target: rename_target(destination); break;
            case Trouble::blocked_address: destination.config["endpoint"] = "http://169.254.169.254/"; break;
            case Trouble::oversize: break;  // it never takes more than its limit
        }
        return destination;
    }
    void recover() override {
        silent_ = false;
        if (gone_) wire_.service.open();
        gone_ = false;
    }
    std::string code_of(Trouble trouble) const override {
        return trouble == Trouble::blocked_address ? "blocked_address" : "ERR";
    }
    std::string code_of_success() const override { return "OK"; }
    std::vector<ports::conformance::Arrived> arrived() override { return arrived_; }
    std::size_t connections() const override { return wire_.service.connections; }

    http::Wire& wire() { return wire_; }
    /// For tests of one answer: instead of accept(), until it is empty again.
    void answer_with(http::FakeService::Handler handler) { handler_ = std::move(handler); }

protected:
    static model::StringMap keys() {
        return {{"key", kFakeKeys.key_id}, {"secret", kFakeKeys.secret}, {"session", kFakeKeys.session_token}};
    }
    /// Makes it send to something that is not there.
    virtual void rename_target(model::Destination& destination) const = 0;
    /// A signed request that is small enough.
    virtual http::FakeAnswer accept(const http::FakeRequest& request) = 0;
    virtual http::FakeAnswer refuse(int status, std::string_view code, std::string_view message) const {
        return json_error(status, code, message);
    }
    void arrive(std::string data, model::StringMap metadata) {
        arrived_.push_back({.data = std::move(data), .metadata = std::move(metadata)});
    }

private:
    http::FakeAnswer judge(const http::FakeRequest& request) {
        if (silent_) return {.what = http::FakeAnswer::What::silence};
        if (handler_) return handler_(request);
        if (!is_signed_with(request, kFakeKeys))
            return refuse(403, "SignatureDoesNotMatch", "quite-another-secret does not fit");
        if (request.body.size() > kFakeBodyBytesMax) return refuse(400, "InvalidParameterValue", "too large");
        return accept(request);
    }

    http::Wire wire_;
    ports::DestinationSettings settings_;
    std::unique_ptr<ports::DestinationProvider> provider_;
    http::FakeService::Handler handler_;
    std::vector<ports::conformance::Arrived> arrived_;
    bool silent_ = false;
    bool gone_ = false;
};

}  // namespace outpost::aws
