#include "destinations/aws/provider.hpp"

#include "destinations/aws/account.hpp"
#include "net/egress/policy.hpp"

namespace outpost::aws {
namespace {

constexpr const char* kNotOpened = "validation failed";  // shown in the attempt (destinations.md §1.10)

model::DestinationType parse(const model::DestinationTypeFiles& files) {
    auto type = model::parse_destination_type(files.metadata_json, files.instructions, files.icon);
    ASSERT(type.has_value());  // built in, and read by a test
    return *std::move(type);
}

}  // namespace

Provider::Provider(const ports::ProviderContext& context, const model::DestinationTypeFiles& files,
                   std::initializer_list<const char*> address_fields)
    : context_(context), type_(parse(files)), address_fields_(address_fields.begin(), address_fields.end()) {}

std::expected<void, ports::Rejection> Provider::validate(const model::Destination& destination) const {
    if (auto problem = check(destination))
        return std::unexpected(ports::Rejection{.problems = {*std::move(problem)}, .text = {}});
    for (const std::string& field : address_fields_) {
        const auto url = url_of(destination, field);
        if (url && !context_.policy.plausible(url->host))
            return std::unexpected(ports::Rejection{.problems = {{"config." + field, "forbidden"}}, .text = {}});
    }
    return {};
}

std::expected<void, ports::Rejection> Provider::preprocess(model::Destination& destination,
                                                           const ports::PreprocessContext& context) const {
    (void)destination;
    (void)context;
    return {};
}

model::Destination Provider::display(const model::Destination& destination, TimePoint now) const {
    (void)now;
    model::Destination shown = destination;
    shown.config = model::mask_sensitive(type_.config_fields, std::move(shown.config));
    shown.credentials = model::mask_sensitive(type_.credential_fields, std::move(shown.credentials));
    return shown;
}

Result<std::unique_ptr<ports::Publisher>> Provider::open(std::shared_ptr<const model::StoredDestination> destination) {
    const model::Destination& stored = destination->destination;
    if (!model::check_fields(type_, stored.config, stored.credentials).empty() || check(stored))
        return fail(Errc::invalid, kNotOpened);
    return make_publisher(std::move(destination));
}

}  // namespace outpost::aws
