#include "destinations/webhook/request_headers.hpp"

#include "destinations/webhook/header_names.hpp"
#include "model/delivery_metadata.hpp"

#include <map>

namespace outpost::webhook {
namespace {

enum class Source { ours, custom, metadata };

/// Collects fields by canonical name. One use.
class Builder {
public:
    explicit Builder(const HeaderInput& input) : input_(input) {}

    RequestHeaders run() && {
        put("Content-Type", "application/json", Source::ours);
        for (const auto& [name, value] : input_.custom_headers) put(name, value, Source::custom);
        if (input_.settings.mode == Mode::standard) standard();
        else plain();
        put("User-Agent", input_.settings.user_agent, Source::ours);
        for (auto& [name, field] : fields_) {
            if (field.source == Source::custom) result_.custom_names.push_back(name);
            result_.fields.add(name, std::move(field.value));
        }
        return std::move(result_);
    }

private:
    struct Field {
        std::string value;
        Source source;
    };

    void put(std::string_view name, std::string_view value, Source source) {
        fields_.insert_or_assign(canonical_name(name), Field{std::string(value), source});
    }
    void put_metadata(const std::string& key, const std::string& name, const std::string& value) {
        if (is_legal_name(name) && is_legal_value(value)) put(name, value, Source::metadata);
        else if (std::ranges::find(result_.left_out, key) == result_.left_out.end()) result_.left_out.push_back(key);
    }
    model::StringMap system_metadata() const {
        return model::system_metadata(input_.event, input_.time, input_.settings.include_millisecond_timestamp);
    }
    const HeaderNames& names() const { return input_.settings.header_names; }
    std::string prefixed(const std::string& key) const { return input_.settings.header_prefix + key; }

    /// Whether `name` is a header by which receivers recognise and verify an event.
    bool is_guarded(const std::string& name) const {
        return std::ranges::any_of(std::array{&names().event_id, &names().timestamp, &names().signature},
                                   [&](const auto* own) { return *own && http::equal_ignoring_case(**own, name); });
    }

    /// The header that carries metadata `key`; nullopt when the operator turned it off.
    std::optional<std::string> plain_name(const std::string& key) const {
        if (key == "event-id") return names().event_id;
        if (key == "timestamp") return names().timestamp;
        if (key == "topic") return names().topic;
        return prefixed(key);
    }

    void plain() {
        plain_layer(system_metadata(), false);
        plain_layer(input_.destination.delivery_metadata, false);
        plain_layer(input_.event.metadata, true);
        if (input_.signature && names().signature) put(*names().signature, *input_.signature, Source::ours);
    }
    void plain_layer(const model::StringMap& layer, bool of_event) {
        for (const auto& [key, value] : layer) {
            const auto name = plain_name(key);
            if (name && !(of_event && is_guarded(*name))) put_metadata(key, *name, value);
        }
    }

    void standard() {
        put_metadata("event-id", *names().event_id, input_.event.id.value);
        put(*names().timestamp, std::to_string(unix_seconds(input_.time)), Source::ours);
        if (input_.signature) put(*names().signature, *input_.signature, Source::ours);
        standard_layer(system_metadata());
        standard_layer(input_.destination.delivery_metadata);
        standard_layer(input_.event.metadata);
        for (const auto& [key, value] : input_.event.metadata)
            if (!is_guarded(key) && !replaces_real_header(key)) put_metadata(key, key, value);
    }
    void standard_layer(const model::StringMap& layer) {
        for (const auto& [key, value] : layer) {
            if (key == "event-id" || key == "timestamp") continue;
            const std::string name = prefixed(key);
            if (!is_guarded(name) && !replaces_real_header(name)) put_metadata(key, name, value);
        }
    }
    /// Reserved names, and credentials that the destination's owner has set (§3, consequences).
    bool replaces_real_header(const std::string& name) const {
        if (is_reserved_name(name)) return true;
        if (!http::equal_ignoring_case(name, "authorization") && !http::equal_ignoring_case(name, "cookie"))
            return false;
        const auto found = fields_.find(canonical_name(name));
        return found != fields_.end() && found->second.source == Source::custom;
    }

    const HeaderInput& input_;
    std::map<std::string, Field> fields_;
    RequestHeaders result_;
};

}  // namespace

RequestHeaders build_headers(const HeaderInput& input) {
    return Builder(input).run();
}

}  // namespace outpost::webhook
