// The pagination suite of storage.md §15.5, with the cases it lacks: ties, both directions, positions.
#pragma once

#include "model/page.hpp"

#include <functional>
#include <string>
#include <vector>

namespace outpost::ports::conformance {

/// A page of any list, as far as paging is concerned.
struct PageOfIds {
    std::vector<std::string> ids;
    model::PageLinks links;
};
/// Reads one page. Filters are the closure's own.
using FetchPage = std::function<PageOfIds(model::PageRequest)>;

/// Pages through the list in both directions, forth and back, and checks every page and link.
/// @param ascending  every row the list must show, by (time, id)
/// @param limit  1..
void expect_pages(const FetchPage& fetch, std::vector<model::Position> ascending, std::size_t limit);

/// The same with page sizes 1, 2, 3, one less than all, all, and more than all, at most `limit_max`.
void expect_pages_of_any_size(const FetchPage& fetch, const std::vector<model::Position>& ascending,
                              std::size_t limit_max = 100);

}  // namespace outpost::ports::conformance
