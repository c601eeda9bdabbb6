// One page out of all rows, by the rules of api.md §4.4.
#pragma once

#include "model/page.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace outpost::ports::fakes {

/// @param position_of  Row → model::Position; the order of the list
template <class Row, class PositionOf>
std::pair<std::vector<Row>, model::PageLinks> take_page(std::vector<Row> rows, const model::PageRequest& page,
                                                        PositionOf position_of) {
    const bool ascending = page.direction == model::Direction::ascending;
    const auto comes_first = [&](const model::Position& a, const model::Position& b) {
        return ascending ? a < b : b < a;
    };
    std::ranges::sort(rows, [&](const Row& a, const Row& b) { return comes_first(position_of(a), position_of(b)); });
    if (page.after) std::erase_if(rows, [&](const Row& row) { return !comes_first(*page.after, position_of(row)); });
    if (page.before) std::erase_if(rows, [&](const Row& row) { return !comes_first(position_of(row), *page.before); });

    const bool more = rows.size() > page.limit;
    if (more && page.before) rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(page.limit));
    if (more && !page.before) rows.resize(page.limit);

    model::PageLinks links;
    if (!rows.empty()) {
        if (page.before || more) links.next = position_of(rows.back());
        if (page.after || (page.before && more)) links.previous = position_of(rows.front());
    }
    return {std::move(rows), std::move(links)};
}

}  // namespace outpost::ports::fakes
