#include "destinations/webhook/request_headers.hpp"

#include "destinations/webhook/header_names.hpp"
#include "model/delivery_metadata.hpp"

#include <algorithm>
#include <array>

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
        std::ranges::sort(fields_, {}, &Field::name);
        result_.fields.reserve(fields_.size());
        for (Field& field : fields_) {
            if (field.source == Source::custom) result_.custom_names.push_back(field.name);
            result_.fields.add(std::move(field.name), std::move(field.value));
        }
        return std::move(result_);
    }

private:
    struct Field {
        std::string name;  ///< canonical
        std::string value;
        Source source;
    };

    void put(std::string name, std::string value, Source source) {
        name = canonical_name(std::move(name));
        const auto known = std::ranges::find(fields_, name, &Field::name);
        if (known == fields_.end()) fields_.push_back({std::move(name), std::move(value), source});
        else *known = {std::move(name), std::move(value), source};
    }
    void put_metadata(std::string_view key, std::string name, std::string value) {
        if (is_legal_name(name) && is_legal_value(value)) put(std::move(name), std::move(value), Source::metadata);
        else if (std::ranges::find(result_.left_out, key) == result_.left_out.end()) result_.left_out.emplace_back(key);
    }
    template <class Visit>
    void for_each_system(Visit visit) const {
        model::for_each_system_metadata(input_.event, input_.time, input_.settings.include_millisecond_timestamp,
                                        visit);
    }
    const HeaderNames& names() const { return input_.settings.header_names; }
    std::string prefixed(std::string_view key) const { return std::string(input_.settings.header_prefix).append(key); }

    /// Whether `name` is a header by which receivers recognise and verify an event.
    bool is_guarded(const std::string& name) const {
        return std::ranges::any_of(std::array{&names().event_id, &names().timestamp, &names().signature},
                                   [&](const auto* own) { return *own && http::equal_ignoring_case(**own, name); });
    }

    /// The header that carries metadata `key`; nullopt when the operator turned it off.
    std::optional<std::string> plain_name(std::string_view key) const {
        if (key == "event-id") return names().event_id;
        if (key == "timestamp") return names().timestamp;
        if (key == "topic") return names().topic;
        return prefixed(key);
    }

    void plain() {
        for_each_system([this](std::string_view key, std::string value) {
            if (auto name = plain_name(key)) put_metadata(key, *std::move(name), std::move(value));
        });
        plain_layer(input_.destination.delivery_metadata, false);
        plain_layer(input_.event.metadata, true);
        if (input_.signature && names().signature) put(*names().signature, *input_.signature, Source::ours);
    }
    void plain_layer(const model::StringMap& layer, bool of_event) {
        for (const auto& [key, value] : layer) {
            auto name = plain_name(key);
            if (name && !(of_event && is_guarded(*name))) put_metadata(key, *std::move(name), value);
        }
    }

    void standard() {
        put_metadata("event-id", *names().event_id, input_.event.id.value);
        put(*names().timestamp, std::to_string(unix_seconds(input_.time)), Source::ours);
        if (input_.signature) put(*names().signature, *input_.signature, Source::ours);
        for_each_system([this](std::string_view key, std::string value) { standard_field(key, std::move(value)); });
        standard_layer(input_.destination.delivery_metadata);
        standard_layer(input_.event.metadata);
        for (const auto& [key, value] : input_.event.metadata)
            if (!is_guarded(key) && !replaces_real_header(key)) put_metadata(key, key, value);
    }
    void standard_layer(const model::StringMap& layer) {
        for (const auto& [key, value] : layer) standard_field(key, value);
    }
    void standard_field(std::string_view key, std::string value) {
        if (key == "event-id" || key == "timestamp") return;
        std::string name = prefixed(key);
        if (!is_guarded(name) && !replaces_real_header(name)) put_metadata(key, std::move(name), std::move(value));
    }
    /// Reserved names, and credentials that the destination's owner has set (§3, consequences).
    bool replaces_real_header(const std::string& name) const {
        if (is_reserved_name(name)) return true;
        if (!http::equal_ignoring_case(name, "authorization") && !http::equal_ignoring_case(name, "cookie"))
            return false;
        const auto found = std::ranges::find(fields_, canonical_name(name), &Field::name);
        return found != fields_.end() && found->source == Source::custom;
    }

    const HeaderInput& input_;
    std::vector<Field> fields_;  // a dozen: looked through faster than any tree
    RequestHeaders result_;
};

}  // namespace

RequestHeaders build_headers(const HeaderInput& input) {
    return Builder(input).run();
}

}  // namespace outpost::webhook
