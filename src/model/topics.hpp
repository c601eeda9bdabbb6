// Which topics a destination subscribes to, and whether an event's topic is among them (pipeline.md §5, api.md §8.4).
#pragma once

#include "base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::model {

/// What the operator configured.
struct TopicRules {
    std::vector<std::string> configured;  ///< empty = any topic
    bool allow_wildcards = false;         ///< TOPICS_ALLOW_WILDCARDS
};

/// Topics of one destination, and so of the comparisons that normalising them takes.
inline constexpr std::size_t kTopicsMax = 1024;

/// Checks a destination's topics, at most kTopicsMax. @return invalid "validation failed: invalid topics"
Result<void> check_topics(std::span<const std::string> topics, const TopicRules& rules);

/// Exact duplicates collapse to the first; an entry strictly covered by a sibling pattern goes; order is kept.
std::vector<std::string> normalise_topics(std::vector<std::string> topics);

/// Whether an event of `topic` goes to a destination with `topics`. Event topic "" or "*", or topics {"*"}: yes. Each
/// `*` of an entry stands for any run of bytes, but only with `allow_wildcards`: with the flag off a stored pattern
/// does not match (decision B22).
bool topics_match(std::span<const std::string> topics, std::string_view topic, bool allow_wildcards);

/// Glob with `*` only; everything else literal.
bool glob_matches(std::string_view pattern, std::string_view text);

/// A tenant's topics: sorted union of its destinations' ones; {"*"} if any has it (api.md §7.1).
std::vector<std::string> union_of_topics(std::span<const std::vector<std::string>> topics);

}  // namespace outpost::model
