#include "app/config/layer.hpp"

#include "app/config/config_file.hpp"
#include "app/config/setting.hpp"
#include "app/config/suggest.hpp"

namespace outpost::app {
namespace {

constexpr std::string_view kFileEnding = "_FILE";

/// The secret whose file `name` names (decision D10). @return null when it is no such name
const Setting* secret_by_file(std::string_view name, Origin origin) {
    if (origin == Origin::yaml || !name.ends_with(kFileEnding)) return nullptr;
    const Setting* setting = find_setting(name.substr(0, name.size() - kFileEnding.size()), origin);
    return setting && setting->secret ? setting : nullptr;
}

class Layer {
public:
    Layer(const std::vector<RawValue>& values, const std::filesystem::path& directory, ConfigReport& report,
          Remarks& remarks)
        : values_(values), directory_(directory), report_(report), remarks_(remarks) {
        for (const RawValue& value : values) names_.insert(value.name);
    }

    void apply() {
        for (const RawValue& value : values_) apply(value);
    }

private:
    void apply(const RawValue& value) {
        const std::string name = canonical_name(value.name, value.origin);
        if (name == value.name) return take(value);
        if (value.says_something())
            remarks_.aliases.insert(fmt::format("{} is read as {}: use that name", value.name, name));
        if (names_.contains(name)) return;
        RawValue renamed = value;
        renamed.name = name;
        take(renamed);
    }

    void take(const RawValue& value) {
        if (const Setting* setting = find_setting(value.name, value.origin)) {
            if (counts(value, *setting)) set(*setting, value);
        } else if (const Setting* secret = secret_by_file(value.name, value.origin)) {
            if (value.says_something()) set_from_file(*secret, value);
        } else if (const auto fate = fate_of(value.name, value.origin)) {
            if (value.says_something()) remarks_.others[*fate].insert(value.name);
        } else if (value.origin == Origin::yaml) {
            remark_on_yaml(value);
        } else if (value.says_something()) {
            if (auto remark = remark_on_variable(value.name, value.text)) remarks_.unknown.insert(std::move(*remark));
        }
    }

    /// Whether an empty value is one (config.md §1.5).
    static bool counts(const RawValue& value, const Setting& setting) {
        switch (value.origin) {
            case Origin::environment: return !value.text.empty() || setting.empty_counts;
            case Origin::dotenv: return !value.text.empty();
            case Origin::yaml: return value.shape != RawValue::Shape::null;
        }
        return false;
    }

    void set(const Setting& setting, const RawValue& value) {
        auto done = setting.assign(report_.config, value, setting.number);
        if (done) return;
        ConfigProblems& problems = done.error().code() == Errc::corrupt ? report_.unreadable : report_.invalid;
        problems.lines.push_back(done.error().text());
    }

    void set_from_file(const Setting& setting, const RawValue& value) {
        const std::string variable(setting.names.variable);
        if (const RawValue* direct = find(variable); direct && direct->says_something()) {
            report_.invalid.lines.push_back(fmt::format("{} and {} are both set: keep one", variable, value.name));
            return;
        }
        auto text = read_small_file(directory_ / value.text, kSecretFileBytesMax);
        if (!text) {
            report_.unreadable.lines.push_back(fmt::format("{}: {}", value.name, text.error().text()));
            return;
        }
        while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
        if (text->empty()) {
            report_.invalid.lines.push_back(fmt::format("{}: {} is empty", value.name, value.text));
            return;
        }
        set(setting, {.name = value.name, .origin = value.origin, .text = std::move(*text)});
    }

    void remark_on_yaml(const RawValue& value) {
        if (is_section(value.name)) {
            if (value.shape != RawValue::Shape::null)
                report_.unreadable.lines.push_back(fmt::format(
                    "error parsing yaml config: line {}: {} is a section, not a value", value.line, value.name));
            return;
        }
        const std::size_t dot = value.name.find('.');
        for (std::size_t at = dot; at != std::string::npos; at = value.name.find('.', at + 1)) {
            const std::string_view parent = std::string_view(value.name).substr(0, at);
            if (!find_setting(parent, Origin::yaml) && !fate_of(parent, Origin::yaml)) continue;
            report_.unreadable.lines.push_back(
                fmt::format("error parsing yaml config: line {}: {} is a value, not a section", value.line, parent));
            return;
        }
        remarks_.unknown.insert(remark_on_path(value.name));
    }

    const RawValue* find(const std::string& name) const {
        const auto found =
            std::find_if(values_.begin(), values_.end(), [&](const RawValue& value) { return value.name == name; });
        return found == values_.end() ? nullptr : &*found;
    }

    const std::vector<RawValue>& values_;
    const std::filesystem::path& directory_;
    ConfigReport& report_;
    Remarks& remarks_;
    std::set<std::string> names_;
};

}  // namespace

void apply_layer(const std::vector<RawValue>& values, const std::filesystem::path& directory, ConfigReport& report,
                 Remarks& remarks) {
    Layer(values, directory, report, remarks).apply();
}

}  // namespace outpost::app
