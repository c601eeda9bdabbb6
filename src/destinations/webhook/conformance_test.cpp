#include "destinations/webhook/provider.hpp"
#include "net/http/testing/wire.hpp"
#include "ports/conformance/destination_type_suite.hpp"

namespace outpost::webhook {
namespace {

using ports::conformance::Trouble;

constexpr std::size_t kBodyBytesMax = 1'000'000;

/// A receiver of webhooks.
class ReceiverFarEnd final : public ports::conformance::FarEnd {
public:
    ReceiverFarEnd() {
        wire_.service.handle_with([this](const http::FakeRequest& request) { return answer(request); });
        provider_ = make_provider({wire_.client, wire_.policy, wire_.clock, settings_, &webhook_});
    }

    ports::DestinationProvider& provider() override { return *provider_; }
    boost::asio::io_context& io() override { return wire_.io; }
    Clock& clock() override { return wire_.clock; }
    model::Destination good() override {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "webhook";
        destination.config = {{"url", wire_.service.url() + "/hook"}};
        destination.credentials = {{"secret", "whsec_5f1c"}};
        return destination;
    }
    std::optional<model::Destination> cause(Trouble trouble) override {
        model::Destination destination = good();
        switch (trouble) {
            case Trouble::silent: silent_ = true; break;
            case Trouble::gone:
                wire_.service.close();
                gone_ = true;
                break;
            case Trouble::wrong_credentials: return std::nullopt;
            case Trouble::missing_target: destination.config["url"] += "/none"; break;
            case Trouble::blocked_address: destination.config["url"] = "http://169.254.169.254/"; break;
            case Trouble::oversize: break;
        }
        return destination;
    }
    void recover() override {
        silent_ = false;
        if (gone_) wire_.service.open();
        gone_ = false;
    }
    std::string code_of(Trouble trouble) const override {
        switch (trouble) {
            case Trouble::silent: return "timeout";
            case Trouble::gone: return "connection_refused";
            case Trouble::missing_target: return "404";
            case Trouble::oversize: return "413";
            default: return "blocked_address";
        }
    }
    std::string code_of_success() const override { return "200"; }
    std::vector<ports::conformance::Arrived> arrived() override { return arrived_; }
    std::size_t connections() const override { return wire_.service.connections; }

private:
    http::FakeAnswer answer(const http::FakeRequest& request) {
        if (silent_) return {.what = http::FakeAnswer::What::silence};
        if (request.target != "/hook") return {.status = 404};
        if (request.body.size() > kBodyBytesMax) return {.status = 413};
        constexpr std::string_view prefix = "x-outpost-";
        model::StringMap metadata;
        for (const auto& [name, value] : request.headers) {
            std::string key = name;
            std::ranges::transform(key, key.begin(), [](unsigned char c) { return std::tolower(c); });
            if (key.starts_with(prefix)) metadata.emplace(key.substr(prefix.size()), value);
        }
        arrived_.push_back({.data = request.body, .metadata = std::move(metadata)});
        return {};
    }

    http::Wire wire_;
    ports::DestinationSettings settings_;
    WebhookSettings webhook_ = *resolve_settings({});
    std::unique_ptr<ports::DestinationProvider> provider_;
    std::vector<ports::conformance::Arrived> arrived_;
    bool silent_ = false;
    bool gone_ = false;
};

}  // namespace
}  // namespace outpost::webhook

namespace outpost::ports::conformance {

INSTANTIATE_TEST_SUITE_P(Webhook, DestinationTypeSuite,
                         testing::Values(FarEndKind{"Receiver",
                                                    [] { return std::make_unique<webhook::ReceiverFarEnd>(); }}),
                         FarEndName{});

}  // namespace outpost::ports::conformance
