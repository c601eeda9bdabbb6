#include "model/topics.hpp"

#include <algorithm>
#include <cstring>
#include <set>
#include <unordered_set>

namespace outpost::model {
namespace {

constexpr std::string_view kAll = "*";

bool is_pattern(std::string_view topic) {
    return topic.find('*') != std::string_view::npos;
}

bool is_all(std::span<const std::string> topics) {
    return topics.size() == 1 && topics.front() == kAll;
}

/// Moves `text` past the first place of `part`. memmem, unlike string_view::find, stays linear.
bool take_first(std::string_view& text, std::string_view part) {
    const void* found = ::memmem(text.data(), text.size(), part.data(), part.size());
    if (found == nullptr) return false;
    text.remove_prefix(static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + part.size());
    return true;
}

bool is_valid(const std::string& topic, const TopicRules& rules) {
    if (is_pattern(topic) && !rules.allow_wildcards) return false;
    if (rules.configured.empty()) return true;
    if (topic == kAll) return false;  // alone only
    return std::ranges::any_of(rules.configured, [&](const std::string& known) {
        return is_pattern(topic) ? glob_matches(topic, known) : topic == known;
    });
}

/// Whether everything `inner` can match, `outer` matches too. A star in `inner` is met by nothing but a star in
/// `outer`, so the pattern itself may be matched as if it were a topic.
bool covers(std::string_view outer, std::string_view inner) {
    return glob_matches(outer, inner);
}

}  // namespace

Result<void> check_topics(std::span<const std::string> topics, const TopicRules& rules) {
    const auto valid = [&](const std::string& topic) { return is_valid(topic, rules); };
    const bool fine = !topics.empty() && topics.size() <= kTopicsMax && std::ranges::all_of(topics, valid);
    if (is_all(topics) || fine) return {};
    return fail(Errc::invalid, "validation failed: invalid topics");
}

std::vector<std::string> normalise_topics(std::vector<std::string> topics) {
    std::unordered_set<std::string_view> seen;
    std::vector<std::string_view> patterns;
    for (const std::string& topic : topics) {
        if (seen.insert(topic).second && is_pattern(topic)) patterns.push_back(topic);
    }
    std::vector<std::string> kept;
    for (const std::string& topic : topics) {
        if (seen.erase(topic) == 0) continue;
        const auto strictly_covers = [&](std::string_view pattern) {
            return pattern != topic && covers(pattern, topic) && !covers(topic, pattern);
        };
        if (std::ranges::none_of(patterns, strictly_covers)) kept.push_back(topic);
    }
    return kept;
}

bool topics_match(std::span<const std::string> topics, std::string_view topic, bool allow_wildcards) {
    if (topic.empty() || topic == kAll || is_all(topics)) return true;
    return std::ranges::any_of(topics, [&](const std::string& entry) {
        return entry == topic || (allow_wildcards && is_pattern(entry) && glob_matches(entry, topic));
    });
}

bool glob_matches(std::string_view pattern, std::string_view text) {
    const std::size_t first = pattern.find('*');
    if (first == std::string_view::npos) return pattern == text;
    const std::size_t last = pattern.rfind('*');
    const std::string_view head = pattern.substr(0, first);
    const std::string_view tail = pattern.substr(last + 1);
    if (text.size() < head.size() + tail.size() || !text.starts_with(head) || !text.ends_with(tail)) return false;
    text.remove_prefix(head.size());
    text.remove_suffix(tail.size());
    // Between the stars the leftmost place is always as good as any later one.
    std::string_view middle = pattern.substr(first, last - first);
    while (!middle.empty()) {
        middle.remove_prefix(1);
        const std::string_view part = middle.substr(0, middle.find('*'));
        if (!take_first(text, part)) return false;
        middle.remove_prefix(part.size());
    }
    return true;
}

std::vector<std::string> union_of_topics(std::span<const std::vector<std::string>> topics) {
    std::set<std::string> all;
    for (const std::vector<std::string>& some : topics) all.insert(some.begin(), some.end());
    if (all.contains(std::string(kAll))) return {std::string(kAll)};
    return {all.begin(), all.end()};
}

}  // namespace outpost::model
