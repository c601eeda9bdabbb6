#include "destinations/webhook/provider.hpp"

#include "destinations/webhook/custom_headers.hpp"
#include "destinations/webhook/publisher.hpp"
#include "destinations/webhook/secrets.hpp"
#include "destinations/webhook/signature.hpp"
#include "model/destination_type_files.hpp"
#include "net/egress/policy.hpp"

namespace outpost::webhook {

extern constinit const model::DestinationTypeFiles kFiles;
extern constinit const model::DestinationTypeFiles kStandardFiles;

namespace {

constexpr const char* kNotOpened = "validation failed";  // shown in the attempt (destinations.md §1.10)

std::string url_text(const model::Destination& destination) {
    const auto found = destination.config.find("url");
    return found == destination.config.end() ? std::string() : found->second;
}

std::string secret_of(const model::StringMap& credentials) {
    const auto found = credentials.find("secret");
    return found == credentials.end() ? std::string() : found->second;
}

std::unexpected<ports::Rejection> reject(std::vector<ports::FieldProblem> problems) {
    return std::unexpected(ports::Rejection{.problems = std::move(problems)});
}

/// A destination can be opened without a secret in default mode only: the empty key is a key there.
bool can_sign(Mode mode, const model::StringMap& credentials) {
    if (check_credentials(mode, credentials)) return false;
    return mode == Mode::plain || credentials.contains("secret");
}

}  // namespace

model::DestinationType builtin_type(Mode mode) {
    const model::DestinationTypeFiles& files = mode == Mode::standard ? kStandardFiles : kFiles;
    auto type = model::parse_destination_type(files.metadata_json, files.instructions, files.icon);
    ASSERT(type.has_value());  // built in, and read by a test
    return *std::move(type);
}

WebhookProvider::WebhookProvider(http::Client& client, const egress::Policy& policy, WebhookSettings settings,
                                 model::DestinationType type, const Clock& clock)
    : client_(client), policy_(policy), settings_(std::move(settings)), type_(std::move(type)), clock_(clock) {}

std::expected<void, ports::Rejection> WebhookProvider::validate(const model::Destination& destination) const {
    // A URL that can't be parsed passes here and fails at delivery, as in the reference (§2.3).
    const auto url = http::parse_url(url_text(destination));
    if (url && !policy_.plausible(url->host)) return reject({{"config.url", "forbidden"}});
    const auto headers = parse_custom_headers(destination.config);
    if (!headers) return reject(headers.error());
    if (auto problem = check_credentials(settings_.mode, destination.credentials)) return reject({*std::move(problem)});
    return {};
}

std::expected<void, ports::Rejection> WebhookProvider::preprocess(model::Destination& destination,
                                                                  const ports::PreprocessContext& context) const {
    const std::string former = context.stored == nullptr ? std::string() : secret_of(context.stored->credentials);
    auto credentials = prepare_credentials(destination.credentials, context, [this, &former] {
        return make_secret_like(former, settings_, random_material());
    });
    if (!credentials) return std::unexpected(std::move(credentials).error());
    destination.credentials = *std::move(credentials);
    return {};
}

ports::Target WebhookProvider::target(const model::Destination& destination) const {
    return {.text = url_text(destination)};
}

model::Destination WebhookProvider::display(const model::Destination& destination, TimePoint now) const {
    model::Destination shown = destination;
    shown.credentials = shown_credentials(std::move(shown.credentials), now);
    if (settings_.mode == Mode::standard) shown.credentials = with_public_keys(std::move(shown.credentials));
    return shown;
}

Result<std::unique_ptr<ports::Publisher>> WebhookProvider::open(
    std::shared_ptr<const model::StoredDestination> destination) {
    const model::Destination& stored = destination->destination;
    auto headers = parse_custom_headers(stored.config);
    const bool valid = headers && can_sign(settings_.mode, stored.credentials) &&
                       model::check_fields(type_, stored.config, stored.credentials).empty();
    if (!valid) return fail(Errc::invalid, kNotOpened);
    return std::make_unique<WebhookPublisher>(client_, settings_, clock_, std::move(destination), *std::move(headers));
}

std::unique_ptr<ports::DestinationProvider> make_provider(const ports::ProviderContext& context) {
    ASSERT(context.webhook != nullptr);
    return std::make_unique<WebhookProvider>(context.client, context.policy, *context.webhook,
                                             builtin_type(context.webhook->mode), context.clock);
}

}  // namespace outpost::webhook
