#include "destinations/hookdeck/provider.hpp"

#include "base/log.hpp"
#include "destinations/hookdeck/publisher.hpp"
#include "destinations/hookdeck/verification.hpp"
#include "destinations/webhook/config.hpp"
#include "model/destination_type_files.hpp"

namespace outpost::hookdeck {

extern constinit const model::DestinationTypeFiles kFiles;

namespace {

constexpr const char* kNotOpened = "validation failed";  // shown in the attempt (destinations.md §1.10)

model::DestinationType parse(const model::DestinationTypeFiles& files) {
    auto type = model::parse_destination_type(files.metadata_json, files.instructions, files.icon);
    ASSERT(type.has_value());  // built in, and read by a test
    return *std::move(type);
}

http::Url url_of(const std::string& setting) {
    auto url = http::parse_url(setting);
    ASSERT(url.has_value());  // checked with the configuration
    return *std::move(url);
}

std::unexpected<ports::Rejection> refused(std::string rule) {
    return std::unexpected(ports::Rejection{.problems = {{"credentials.token", std::move(rule)}}, .text = {}});
}

std::string value_of(const model::StringMap& map, const char* key) {
    const auto found = map.find(key);
    return found == map.end() ? std::string() : found->second;
}

}  // namespace

HookdeckProvider::HookdeckProvider(const ports::ProviderContext& context)
    : context_(context),
      type_(parse(kFiles)),
      api_(url_of(context.settings.hookdeck_api_url)),
      events_(url_of(context.settings.hookdeck_events_url)) {}

std::expected<void, ports::Rejection> HookdeckProvider::validate(const model::Destination& destination) const {
    if (!parse_token(token_text(destination))) return refused("invalid_token_format");
    return {};
}

std::expected<void, ports::Rejection> HookdeckProvider::preprocess(model::Destination& destination,
                                                                   const ports::PreprocessContext& context) const {
    (void)context;
    if (token_text(destination).empty()) return refused("token_required");
    if (!parse_token(token_text(destination))) return refused("invalid_token_format");
    return {};
}

Task<std::expected<model::Destination, ports::Rejection>> HookdeckProvider::verify(
    model::Destination destination, std::optional<model::Destination> stored, Deadline deadline) const {
    const auto token = parse_token(token_text(destination));
    if (!token) co_return refused("invalid_token_format");
    if (stored && token_text(*stored) == token->text) co_return destination;
    destination.config.insert_or_assign("source_id", token->source_id);
    if (!context_.settings.hookdeck_verify) co_return destination;
    const Deadline soon = deadline.or_earlier(context_.clock.monotonic() + kVerificationTimeout);
    const http::ClientLimits limits{.body_bytes_max = kVerificationBodyBytesMax};
    http::ClientRequest request = verification_request(api_, *token, context_.settings.user_agent);
    const auto response = co_await context_.client.send(std::move(request), limits, soon);
    const auto name = response ? verified_name(*response) : Result<std::string>(fail(Errc::unavailable, "no answer"));
    if (!name) {
        log::info("hookdeck.token_not_verified",
                  {{"tenant_id", destination.tenant_id.value},
                   {"error", response ? name.error().text() : to_string(response.error().kind)}});
        co_return refused("token_verification_failed");
    }
    destination.config.insert_or_assign("source_name", *name);
    co_return destination;
}

ports::Target HookdeckProvider::target(const model::Destination& destination) const {
    if (token_text(destination).empty()) return {.text = "Hookdeck (no token)", .url = {}};
    const auto token = parse_token(token_text(destination));
    if (!token) return {.text = "Hookdeck (invalid token)", .url = {}};
    const std::string name = value_of(destination.config, "source_name");
    const std::string id = value_of(destination.config, "source_id");
    const bool is_known = !name.empty() && !id.empty();
    return {.text = is_known ? name : "Hookdeck source ID: " + token->source_id,
            .url = "https://dashboard.hookdeck.com/sources/" + path_step(is_known ? id : token->source_id)};
}

model::Destination HookdeckProvider::display(const model::Destination& destination, TimePoint now) const {
    (void)now;
    model::Destination shown = destination;
    shown.credentials = model::mask_sensitive(type_.credential_fields, std::move(shown.credentials));
    return shown;
}

Result<std::unique_ptr<ports::Publisher>> HookdeckProvider::open(
    std::shared_ptr<const model::StoredDestination> destination) {
    auto token = parse_token(token_text(destination->destination));
    if (!token) return fail(Errc::invalid, kNotOpened);
    const std::size_t body_bytes_max =
        context_.webhook == nullptr ? webhook::kResponseBodyBytesUncapped : context_.webhook->response_body_bytes_max;
    return std::make_unique<HookdeckPublisher>(context_, std::move(destination), *std::move(token), events_,
                                               body_bytes_max);
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    return std::make_unique<HookdeckProvider>(context);
}

}  // namespace outpost::hookdeck
