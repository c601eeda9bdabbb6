// Which route a request means: patterns with {parameters}, literals first, trailing slashes redirected (api.md §1.1,
// §16.5).
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace outpost::api {

/// `path` begins with '/'; a segment `{name}` stands for any one segment that is not empty.
struct RoutePattern {
    std::string_view method;
    std::string path;
    /// Words that the first parameter may not be: they belong to other routes (api.md §16.5).
    std::span<const std::string_view> reserved;
};

/// Values of a pattern's parameters, by name.
class PathParameters {
public:
    void add(std::string_view name, std::string_view value) { values_.emplace_back(name, value); }
    /// Empty when the route has no such parameter.
    std::string_view get(std::string_view name) const;
    bool has(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

struct Matched {
    std::size_t route = 0;  ///< index into the patterns
    PathParameters parameters;
};
struct TrailingSlash {};  ///< the path without its last '/' is a route
struct Unmatched {};
using RouteMatch = std::variant<Unmatched, TrailingSlash, Matched>;

/// Immutable. Patterns are tried in their order; those with another number of segments are not looked at.
class Router {
public:
    explicit Router(const std::vector<RoutePattern>& patterns);

    /// @param path  percent-decoded: a `%2F` inside an id has become two segments
    RouteMatch match(std::string_view method, std::string_view path) const;
    /// The methods that have a route at this path, each once, in the order of the patterns.
    std::vector<std::string_view> methods_at(std::string_view path) const;

private:
    struct Segment {
        std::string text;  ///< the literal, or the parameter's name
        bool is_parameter = false;
    };
    struct Entry {
        std::size_t route = 0;
        std::string_view method;
        std::vector<Segment> segments;
        std::span<const std::string_view> reserved;
    };
    const Entry* find(std::string_view method, std::span<const std::string_view> segments) const;
    static bool fits(const Entry& entry, std::span<const std::string_view> segments);

    std::vector<std::vector<Entry>> by_length_;
};

/// Where a trailing slash leads: the raw path without it, behind `X-Forwarded-Prefix`, with the query kept.
std::string without_trailing_slash(std::string_view raw_path, std::string_view query, std::string_view prefix);

}  // namespace outpost::api
