#include "app/config/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <set>

namespace outpost::app {
namespace {

class Flattener {
public:
    Result<void> flatten(const YAML::Node& node, const std::string& path, int depth) {
        if (depth > kYamlDepthMax) return wrong(node, path, "sections are nested too deeply");
        std::set<std::string> seen;
        for (const auto& pair : node) {
            if (!pair.first.IsScalar()) return wrong(pair.first, path, "a key must be a text");
            const std::string key = pair.first.Scalar();
            if (!seen.insert(key).second)
                return wrong(pair.first, path, fmt::format("mapping key {:?} already defined", key));
            const std::string inside = path.empty() ? key : fmt::format("{}.{}", path, key);
            if (pair.second.IsMap() && pair.second.size() > 0) {
                TRY_VOID(flatten(pair.second, inside, depth + 1));
                continue;
            }
            if (values_.size() == kYamlValuesMax) return wrong(pair.first, path, "there are too many values");
            values_.push_back(value(pair.second, inside, line_of(pair.first)));
        }
        return {};
    }

    std::vector<RawValue> take() { return std::move(values_); }

private:
    static int line_of(const YAML::Node& node) { return node.Mark().line + 1; }

    static std::unexpected<Error> wrong(const YAML::Node& node, const std::string& path, std::string_view what) {
        const std::string where = path.empty() ? "" : fmt::format(" in {}", path);
        return fail(Errc::corrupt, fmt::format("yaml: line {}: {}{}", line_of(node), what, where));
    }

    static RawValue value(const YAML::Node& node, const std::string& path, int line) {
        RawValue value{.name = path, .origin = Origin::yaml, .line = line};
        if (node.IsScalar()) {
            value.text = node.Scalar();
        } else if (node.IsSequence()) {
            value.shape = RawValue::Shape::list;
            for (const auto& item : node) {
                if (!item.IsScalar()) value.shape = RawValue::Shape::odd;
                if (item.IsScalar()) value.items.push_back(item.Scalar());
            }
        } else {
            value.shape = RawValue::Shape::null;
        }
        return value;
    }

    std::vector<RawValue> values_;
};

}  // namespace

Result<std::vector<RawValue>> parse_yaml(const std::string& text) {
    try {
        const YAML::Node root = YAML::Load(text);
        if (!root.IsDefined() || root.IsNull()) return std::vector<RawValue>();
        if (!root.IsMap()) return fail(Errc::corrupt, "yaml: line 1: settings are expected, one `name: value` a line");
        Flattener flattener;
        TRY_VOID(flattener.flatten(root, "", 1));
        return flattener.take();
    } catch (const YAML::Exception& error) {
        return fail(Errc::corrupt, fmt::format("yaml: line {}: {}", error.mark.line + 1, error.msg));
    }
}

}  // namespace outpost::app
