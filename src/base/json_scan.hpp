// The ingest path's own validating walk over JSON text. Libraries refuse the escapes of lone surrogates, which
// publishers may send and receivers must get unchanged (decision A3); and nothing is built for `data`, which is only
// sliced.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace outpost {

enum class JsonKind { null, boolean, number, string, array, object };

/// A value inside a text that was found to be valid. Points into that text.
struct JsonSlice {
    JsonKind kind = JsonKind::null;
    std::string_view raw;         ///< without the white space around it
    bool lone_surrogate = false;  ///< a string or member name inside it escapes a surrogate without its other half

    bool operator==(const JsonSlice&) const = default;
};

/// The first JSON value of `text`: RFC 8259 grammar, UTF-8, at most kJsonDepthMax arrays and objects inside each other.
/// What follows the value is not looked at (api.md §1). @return nullopt when the value is not valid
std::optional<JsonSlice> scan_json(std::string_view text);

/// One member of an object.
struct JsonMember {
    std::string_view name;  ///< unescaped; valid until the next call of next()
    JsonSlice value;

    bool operator==(const JsonMember&) const = default;
};

/// Walks the members of an object, validating in the same pass. Members come in the order of the text, duplicates
/// included, and before the rest of the object has been looked at: trust them only once complete() is true.
class JsonObjectScan {
public:
    /// @param text  must stay alive; what follows the object is not looked at
    explicit JsonObjectScan(std::string_view text);

    /// Whether the text starts an object at all.
    bool is_object() const { return state_ != State::not_object; }
    /// The next member, or nullopt at the end of the object and at the first fault.
    std::optional<JsonMember> next();
    /// Whether the whole object has been walked and is valid.
    bool complete() const { return state_ == State::complete; }

private:
    enum class State { not_object, first, later, complete, broken };
    std::optional<JsonMember> stop(State state);

    const char* at_;
    const char* end_;
    State state_;
    std::string name_;  // holds a name that had escapes
};

/// The text of a valid JSON string, given with its quotes; lone surrogates become U+FFFD.
std::string json_string_text(std::string_view raw);

/// Valid JSON with the escape of every lone surrogate replaced by that of U+FFFD, so that libraries can parse it.
std::string replace_lone_surrogates(std::string_view json);

}  // namespace outpost
