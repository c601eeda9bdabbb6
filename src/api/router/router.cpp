#include "api/router/router.hpp"

#include "base/result.hpp"

namespace outpost::api {
namespace {

/// Splits "/a/b" into {"a","b"}; "/" into {""}.
std::vector<std::string_view> split_path(std::string_view path) {
    std::vector<std::string_view> segments;
    if (path.empty() || path.front() != '/') return segments;
    path.remove_prefix(1);
    while (true) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

}  // namespace

std::string_view PathParameters::get(std::string_view name) const {
    const auto found = std::ranges::find(values_, name, &std::pair<std::string, std::string>::first);
    return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

bool PathParameters::has(std::string_view name) const {
    return std::ranges::find(values_, name, &std::pair<std::string, std::string>::first) != values_.end();
}

Router::Router(const std::vector<RoutePattern>& patterns) {
    for (std::size_t i = 0; i < patterns.size(); ++i) {
        Entry entry{i, patterns[i].method, {}, patterns[i].reserved};
        for (const std::string_view text : split_path(patterns[i].path)) {
            const bool is_parameter = text.starts_with('{') && text.ends_with('}');
            entry.segments.push_back(
                {std::string(is_parameter ? text.substr(1, text.size() - 2) : text), is_parameter});
        }
        ASSERT(!entry.segments.empty());
        if (by_length_.size() <= entry.segments.size()) by_length_.resize(entry.segments.size() + 1);
        by_length_[entry.segments.size()].push_back(std::move(entry));
    }
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
    std::vector<std::string_view> segments = split_path(path);
    if (const Entry* entry = find(method, segments)) {
        Matched matched{entry->route, {}};
        for (std::size_t i = 0; i < segments.size(); ++i) {
            if (entry->segments[i].is_parameter) matched.parameters.add(entry->segments[i].text, segments[i]);
        }
        return matched;
    }
    if (segments.size() > 1 && segments.back().empty()) {
        segments.pop_back();
        if (find(method, segments) != nullptr) return TrailingSlash{};
    }
    return Unmatched{};
}

std::vector<std::string_view> Router::methods_at(std::string_view path) const {
    const std::vector<std::string_view> segments = split_path(path);
    std::vector<std::string_view> methods;
    if (segments.size() >= by_length_.size()) return methods;
    for (const Entry& entry : by_length_[segments.size()]) {
        const bool is_new = std::ranges::find(methods, entry.method) == methods.end();
        if (is_new && fits(entry, segments)) methods.push_back(entry.method);
    }
    return methods;
}

const Router::Entry* Router::find(std::string_view method, std::span<const std::string_view> segments) const {
    if (segments.size() >= by_length_.size()) return nullptr;
    for (const Entry& entry : by_length_[segments.size()]) {
        if (entry.method == method && fits(entry, segments)) return &entry;
    }
    return nullptr;
}

bool Router::fits(const Entry& entry, std::span<const std::string_view> segments) {
    bool first_parameter = true;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        if (!entry.segments[i].is_parameter) {
            if (entry.segments[i].text != segments[i]) return false;
            continue;
        }
        if (segments[i].empty()) return false;
        if (first_parameter && std::ranges::find(entry.reserved, segments[i]) != entry.reserved.end()) return false;
        first_parameter = false;
    }
    return true;
}

std::string without_trailing_slash(std::string_view raw_path, std::string_view query, std::string_view prefix) {
    std::string location;
    // The header comes from outside: only what a path prefix needs survives, and "//host" can't be made of it.
    for (const char letter : prefix) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
        if (plain || (letter == '/' && !location.ends_with('/'))) location += letter;
    }
    while (location.ends_with('/')) location.pop_back();
    if (!location.empty() && location.front() != '/') location.insert(location.begin(), '/');
    while (raw_path.ends_with('/')) raw_path.remove_suffix(1);
    location += raw_path;
    if (!query.empty()) {
        location += '?';
        location += query;
    }
    return location;
}

}  // namespace outpost::api
