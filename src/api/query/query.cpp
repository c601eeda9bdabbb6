#include "api/query/query.hpp"

#include "api/router/percent.hpp"

#include <charconv>
#include <map>

namespace outpost::api {
namespace {

/// The index in `name[7]`; none for other text between the brackets.
std::optional<std::uint64_t> index_of(std::string_view key, std::string_view name) {
    if (!key.starts_with(name) || key.size() < name.size() + 3) return std::nullopt;
    key.remove_prefix(name.size());
    if (key.front() != '[' || key.back() != ']') return std::nullopt;
    key = key.substr(1, key.size() - 2);
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (error != std::errc() || end != key.data() + key.size()) return std::nullopt;
    return index;
}

}  // namespace

Result<Query> Query::parse(std::string_view text) {
    Query query;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        if (pair.empty() || pair.contains(';')) continue;
        if (query.pairs_.size() == kQueryParametersMax) return fail(Errc::invalid, "too many query parameters");
        const std::size_t equals = pair.find('=');
        auto name = percent_decode(pair.substr(0, equals), PlusSign::space);
        auto value =
            equals == std::string_view::npos ? std::string() : percent_decode(pair.substr(equals + 1), PlusSign::space);
        if (name && value) query.pairs_.emplace_back(std::move(*name), std::move(*value));
    }
    return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
    for (const auto& [key, value] : pairs_) {
        if (key == name) return value;
    }
    return std::nullopt;
}

std::optional<std::string_view> Query::find_filled(std::string_view name) const {
    const auto value = find(name);
    return value && value->empty() ? std::nullopt : value;
}

std::vector<std::string> Query::array(std::string_view name) const {
    std::map<std::uint64_t, std::string> indexed;
    std::vector<std::string> bracketed;
    std::vector<std::string> plain;
    const std::string brackets = std::string(name) + "[]";
    for (const auto& [key, value] : pairs_) {
        if (key == name) plain.push_back(value);
        else if (key == brackets) bracketed.push_back(value);
        else if (const auto index = index_of(key, name)) indexed.try_emplace(*index, value);
    }
    if (indexed.empty()) return bracketed.empty() ? plain : bracketed;
    std::vector<std::string> values;
    for (auto& [index, value] : indexed) values.push_back(std::move(value));
    return values;
}

std::vector<std::pair<std::string_view, std::string_view>> Query::bracketed(std::string_view name) const {
    std::vector<std::pair<std::string_view, std::string_view>> found;
    for (const auto& [full, value] : pairs_) {
        std::string_view key = full;
        if (!key.starts_with(name) || !key.ends_with(']')) continue;
        key.remove_prefix(name.size());
        if (key.size() < 2 || key.front() != '[') continue;
        found.emplace_back(key.substr(1, key.size() - 2), value);
    }
    return found;
}

}  // namespace outpost::api
