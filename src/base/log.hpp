// Structured logs: one JSON object a line on stderr (pipeline.md §18, decision D6: never sampled).
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace outpost::log {

enum class Level { debug, info, warn, error };

/// One fact of a line. Never a body, secret, token or customer header.
struct Field {
    using Value = std::variant<std::string_view, std::int64_t, double, bool>;
    std::string_view name;
    Value value;

    Field(std::string_view name_, std::string_view text) : name(name_), value(text) {}
    Field(std::string_view name_, const char* text) : name(name_), value(std::string_view(text)) {}
    Field(std::string_view name_, const std::string& text) : name(name_), value(std::string_view(text)) {}
    Field(std::string_view name_, bool flag) : name(name_), value(flag) {}
    Field(std::string_view name_, double number) : name(name_), value(number) {}
    template <std::integral Integer>
    Field(std::string_view name_, Integer number) : name(name_), value(static_cast<std::int64_t>(number)) {}
};

/// Lines below `level` are dropped. Set once at start.
void set_level(Level level);
bool enabled(Level level);

/// Any thread. @param name  constant, dotted: "delivery.retry_scheduled"
void write(Level level, std::string_view name, std::initializer_list<Field> fields);
/// The same for fields whose number is known at run time only.
void write_fields(Level level, std::string_view name, std::span<const Field> fields);

inline void debug(std::string_view name, std::initializer_list<Field> fields = {}) {
    if (enabled(Level::debug)) write(Level::debug, name, fields);
}
inline void info(std::string_view name, std::initializer_list<Field> fields = {}) {
    write(Level::info, name, fields);
}
inline void warn(std::string_view name, std::initializer_list<Field> fields = {}) {
    write(Level::warn, name, fields);
}
inline void error(std::string_view name, std::initializer_list<Field> fields = {}) {
    write(Level::error, name, fields);
}

}  // namespace outpost::log
