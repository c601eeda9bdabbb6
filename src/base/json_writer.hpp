// Writes JSON straight into a string, in the reference's output form (api.md §5.3): compact, `<`, `>`, `&`,
// U+2028 and U+2029 as escapes, bytes that are not UTF-8 as U+FFFD.
#pragma once

#include "base/time.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace outpost {

/// Commas are placed by the writer; the caller keeps begin and end in pairs. Appends to the string it was given.
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    void begin_object() { open('{'); }
    void end_object() { close('}'); }
    void begin_array() { open('['); }
    void end_array() { close(']'); }
    void key(std::string_view name);

    void value(std::string_view text);
    void value(const char* text) { value(std::string_view(text)); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(bool flag) { raw(flag ? "true" : "false"); }
    void value(double number);
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    void value(Integer number) {
        if constexpr (std::unsigned_integral<Integer>) unsigned_number(number);
        else signed_number(number);
    }
    void value(TimePoint time) { value(std::string_view(to_rfc3339(time))); }
    void null() { raw("null"); }
    /// Text that is JSON already, put in as it is.
    void raw(std::string_view json);

    template <class Value>
    void member(std::string_view name, const Value& content) {
        key(name);
        value(content);
    }
    void raw_member(std::string_view name, std::string_view json) {
        key(name);
        raw(json);
    }

private:
    void open(char bracket);
    void close(char bracket);
    void separate();
    void signed_number(std::int64_t number);
    void unsigned_number(std::uint64_t number);

    std::string& out_;
    bool comma_ = false;
};

/// Appends `text` as a quoted JSON string.
void append_json_string(std::string& out, std::string_view text);

}  // namespace outpost
