// A fake of Hookdeck for tests: its verification and one source that takes events.
#pragma once

#include "base/encoding.hpp"
#include "destinations/hookdeck/provider.hpp"
#include "destinations/webhook/config.hpp"
#include "net/http/testing/wire.hpp"
#include "ports/conformance/destination_type_suite.hpp"

namespace outpost::hookdeck {

inline constexpr std::size_t kFakeBodyBytesMax = 1'000'000;

class SourceFarEnd final : public ports::conformance::FarEnd {
public:
    using Trouble = ports::conformance::Trouble;

    SourceFarEnd() {
        wire_.service.handle_with([this](const http::FakeRequest& request) { return answer(request); });
        settings_.hookdeck_api_url = wire_.service.url();
        settings_.hookdeck_events_url = wire_.service.url() + "/events";
        provider_ = make_provider({wire_.client, wire_.policy, wire_.clock, settings_, &webhook_});
    }

    ports::DestinationProvider& provider() override { return *provider_; }
    boost::asio::io_context& io() override { return wire_.io; }
    Clock& clock() override { return wire_.clock; }
    http::Wire& wire() { return wire_; }
    ports::DestinationSettings& settings() { return settings_; }
    model::Destination good() override { return with_token("src_1:secret"); }
    static model::Destination with_token(std::string_view plain) {
        model::Destination destination;
        destination.id = DestinationId("des_1");
        destination.type = "hookdeck";
        destination.credentials = {{"token", to_base64(plain)}};
        return destination;
    }
    std::optional<model::Destination> cause(Trouble trouble) override {
        switch (trouble) {
            case Trouble::silent: silent_ = true; break;
            case Trouble::gone:
                wire_.service.close();
                gone_ = true;
                break;
            case Trouble::wrong_credentials: return with_token("src_1:wrong");
            case Trouble::missing_target: return with_token("src_2:secret");
            case Trouble::blocked_address: return std::nullopt;
            case Trouble::oversize: break;
        }
        return good();
    }
    void recover() override {
        silent_ = false;
        if (gone_) wire_.service.open();
        gone_ = false;
    }
    std::string code_of(Trouble trouble) const override {
        switch (trouble) {
            case Trouble::wrong_credentials: return "401";
            case Trouble::missing_target: return "404";
            case Trouble::oversize: return "413";
            default: return "ERROR";
        }
    }
    std::string code_of_success() const override { return "200"; }
    std::vector<ports::conformance::Arrived> arrived() override { return arrived_; }
    std::size_t connections() const override { return wire_.service.connections; }

private:
    http::FakeAnswer answer(const http::FakeRequest& request) {
        if (silent_) return {.what = http::FakeAnswer::What::silence};
        const Token right{.text = good().credentials["token"], .source_id = "src_1"};
        if (request.target == "/2025-01-01/sources/src_1/managed/verify") {
            if (request.headers.find("X-Hookdeck-Source-Token") != right.text) return {.status = 401};
            return {.body = R"({"id":"src_1","name":"orders"})"};
        }
        if (request.target != "/events/src_1") return {.status = 404};
        if (request.headers.find("X-Hookdeck-Signature") != signature(right, request.body)) return {.status = 401};
        if (request.body.size() > kFakeBodyBytesMax) return {.status = 413};
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
    webhook::WebhookSettings webhook_ = *webhook::resolve_settings({});
    std::unique_ptr<ports::DestinationProvider> provider_;
    std::vector<ports::conformance::Arrived> arrived_;
    bool silent_ = false;
    bool gone_ = false;
};

}  // namespace outpost::hookdeck
