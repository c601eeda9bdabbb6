// What a destination type says of itself: fields, texts, icon; and the generic rules that follow from the fields
// (destinations.md §1.2, §1.5, §1.7).
#pragma once

#include "base/result.hpp"
#include "model/string_map.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace outpost::model {

struct FieldOption {
    std::string label;
    std::string value;
};

/// One input of a form. Optional members are shown only when set.
struct TypeField {
    std::string type;  ///< text, checkbox, select, key_value_map, number
    std::string label;
    std::string description;
    std::string key;
    bool required = false;
    std::string default_value;
    bool disabled = false;
    bool sensitive = false;
    std::optional<std::int64_t> min, max, step, min_length, max_length;
    std::string pattern;  ///< RE2-like, searched; the shipped ones are anchored
    std::vector<FieldOption> options;
};

struct SetupLink {
    std::string href;
    std::string cta;
};

struct DestinationType {
    std::string type;
    std::vector<TypeField> config_fields;
    std::vector<TypeField> credential_fields;
    std::string label;
    std::string description;
    std::string icon;  ///< SVG text
    std::optional<SetupLink> setup_link;
    std::string instructions;  ///< Markdown
};

/// Reads a metadata.json of ours; `instructions` come from their own file, `icon` from its own.
Result<DestinationType> parse_destination_type(std::string_view metadata_json, std::string_view instructions,
                                               std::string_view icon);

/// The generic checks, all failures collected: (field, rule) in metadata order, config before credentials.
std::vector<std::pair<std::string, std::string>> check_fields(const DestinationType& type, const StringMap& config,
                                                              const StringMap& credentials);

/// The masked form of a sensitive value: under 10 bytes all `*`, else the first 4 bytes and `*` for each other.
std::string mask(std::string_view value);

/// `values` with the sensitive ones among `fields` masked.
StringMap mask_sensitive(const std::vector<TypeField>& fields, StringMap values);

}  // namespace outpost::model
