// The part of Go's text/template that signatures and generated secrets use (destinations.md §2.8).
#pragma once

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace outpost::model {

inline constexpr std::size_t kTemplateBytesMax = 64 * 1024;        ///< of a template's own text
inline constexpr std::size_t kTemplateDepthMax = 32;               ///< of parentheses and of blocks
inline constexpr std::size_t kTemplateStepsMax = 100'000;          ///< commands and iterations of one rendering
inline constexpr std::size_t kTemplateOutputExtraMax = 64 * 1024;  ///< what a rendering may add to its body

using TemplateList = std::vector<Bytes>;
/// Nothing, truth, whole number, text, list of texts, or an instant (UTC).
using TemplateValue = std::variant<std::monostate, bool, std::int64_t, Bytes, TemplateList, TimePoint>;
/// The fields a template sees, by name without the dot. Few, so a flat list.
using TemplateData = std::vector<std::pair<std::string_view, TemplateValue>>;

namespace templates {
struct Block;
}

/// A parsed template: text, `{{.Field}}`, `.Timestamp.Unix UnixMilli UnixNano UTC Format`, pipelines, parentheses,
/// if / else if / with / range / end, comments, trim markers, and the functions join index slice len print printf
/// upper lower trim trimPrefix trimSuffix replace b64enc b64dec sha1sum sha256sum toString first last default eq ne and
/// or not. Immutable; any thread; cheap to copy.
class Template {
public:
    /// Renders nothing.
    Template() = default;

    /// @return invalid naming what is wrong or not supported (variables, define, env, …)
    static Result<Template> parse(std::string_view text);

    /// Fields are found here, not at parse: a field that `data` lacks is `invalid`.
    /// @param output_bytes_max  of the result; at most sixteen times as much is produced on the way
    /// @return invalid (wrong types, unknown field, index out of range), limited (a limit above)
    Result<std::string> render(const TemplateData& data, std::size_t output_bytes_max) const;

    /// The field's name if the template is nothing but `{{.Field}}`: its text can then be used without a copy.
    std::optional<std::string_view> only_field() const;

private:
    std::shared_ptr<const templates::Block> root_;  // shared: settings that hold templates are copied to each shard
};

}  // namespace outpost::model
