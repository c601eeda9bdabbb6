// The filter language of destinations: complete, compiled once, evaluated for each event (pipeline.md §6, decision
// B21).
#pragma once

#include "base/result.hpp"
#include "model/event.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace outpost::model {

/// The document that filters see (pipeline.md §6.1): id, topic, time, metadata, data. Parsed lazily, once, whatever
/// number of destinations look at it. Cheap to make. One thread.
class FilterInput {
public:
    explicit FilterInput(const Event& event);
    ~FilterInput();
    FilterInput(const FilterInput&) = delete;
    FilterInput& operator=(const FilterInput&) = delete;

    struct Document;
    const Document& document() const;

private:
    const Event& event_;
    mutable std::unique_ptr<Document> document_;
};

/// A compiled filter. Immutable; any thread; cheap to copy.
class Filter {
public:
    /// Matches everything.
    Filter() = default;

    /// @param text  JSON object; empty, "null" and "{}" match everything
    /// @return invalid with a text for the client: not an object, an unknown `$` operator, operands of a wrong type
    /// that could never match, nesting over kFilterDepthMax, more than kFilterNodesMax conditions (decision B21)
    static Result<Filter> compile(std::string_view text);

    bool matches(const FilterInput& input) const;
    bool matches_everything() const { return root_ == nullptr; }

    struct Node;

private:
    std::shared_ptr<const Node> root_;  // shared: filters are copied with the views that hold them
};

inline constexpr std::size_t kFilterDepthMax = 32;
inline constexpr std::size_t kFilterNodesMax = 1024;

}  // namespace outpost::model
