#include "manage/fakes/fake_type.hpp"

namespace outpost::manage::fakes {
namespace {

model::TypeField field(std::string key, bool required, bool sensitive, std::string pattern) {
    model::TypeField it;
    it.type = "text";
    it.key = std::move(key);
    it.required = required;
    it.sensitive = sensitive;
    it.pattern = std::move(pattern);
    return it;
}

std::unexpected<ports::Rejection> reject(std::string name, std::string rule) {
    return std::unexpected(ports::Rejection{{{std::move(name), std::move(rule)}}, ""});
}

}  // namespace

FakeType::FakeType(std::string name) {
    type_.type = std::move(name);
    type_.config_fields = {field("url", true, false, R"(^https?:\/\/[^\s]+$)"), field("region", false, false, "")};
    type_.credential_fields = {field("key", false, true, "")};
}

std::expected<void, ports::Rejection> FakeType::validate(const model::Destination& destination) const {
    ++seen_.validated;
    if (destination.config.at("url").starts_with("https://refused")) return reject("config.url", "invalid");
    return {};
}

std::expected<void, ports::Rejection> FakeType::preprocess(model::Destination& destination,
                                                           const ports::PreprocessContext& context) const {
    ++seen_.preprocessed;
    seen_.role = context.role;
    seen_.sent_credentials = context.sent_credentials;
    seen_.had_stored = context.stored != nullptr;
    destination.credentials.erase("rotate_secret");
    if (context.role == ports::Role::tenant && context.sent_credentials.contains("secret")) {
        return reject("credentials.secret", "forbidden");
    }
    if (destination.credentials["secret"].empty()) destination.credentials["secret"] = "whsec_made";
    return {};
}

Task<std::expected<model::Destination, ports::Rejection>> FakeType::verify(model::Destination destination,
                                                                           std::optional<model::Destination> stored,
                                                                           Deadline) const {
    ++seen_.verified;
    seen_.verified_with_stored = stored.has_value();
    const auto key = destination.credentials.find("key");
    if (key == destination.credentials.end()) co_return destination;
    if (key->second == "unknown") co_return reject("credentials.key", "key_verification_failed");
    if (key->second == "known") destination.config["region"] = "its own";
    co_return destination;
}

ports::Target FakeType::target(const model::Destination& destination) const {
    const auto url = destination.config.find("url");
    return {url == destination.config.end() ? "" : url->second, ""};
}

model::Destination FakeType::display(const model::Destination& destination, TimePoint) const {
    model::Destination shown = destination;
    shown.credentials = model::mask_sensitive(type_.credential_fields, shown.credentials);
    return shown;
}

Result<std::unique_ptr<ports::Publisher>> FakeType::open(std::shared_ptr<const model::StoredDestination>) {
    return fail(Errc::invalid, "this type never sends");
}

}  // namespace outpost::manage::fakes
