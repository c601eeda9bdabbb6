#include "ports/conformance/pagination.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace outpost::ports::conformance {
namespace {

std::vector<std::string> ids_of(const std::vector<model::Position>& rows, std::size_t from, std::size_t to) {
    std::vector<std::string> ids;
    for (std::size_t index = from; index < to; ++index) ids.push_back(rows[index].id);
    return ids;
}

/// One walk over a list of known rows, in one direction.
struct Walk {
    const FetchPage& fetch;
    const std::vector<model::Position>& rows;  // in the direction of the walk
    model::Direction direction;
    std::size_t limit;

    /// @return the pages, so that the walk back can be compared
    std::vector<PageOfIds> forwards() const {
        std::vector<PageOfIds> pages;
        model::PageRequest request{.limit = limit, .direction = direction};
        for (std::size_t from = 0; from == 0 || from < rows.size(); from += limit) {
            const std::size_t to = std::min(from + limit, rows.size());
            PageOfIds page = fetch(request);
            EXPECT_EQ(page.ids, ids_of(rows, from, to)) << "rows " << from << " to " << to;
            EXPECT_EQ(page.links.next.has_value(), to < rows.size()) << "next, rows " << from << " to " << to;
            EXPECT_EQ(page.links.previous.has_value(), from > 0) << "previous, rows " << from << " to " << to;
            if (page.links.next) EXPECT_EQ(*page.links.next, rows[to - 1]);
            if (page.links.previous) EXPECT_EQ(*page.links.previous, rows[from]);
            request.after = page.links.next;
            pages.push_back(std::move(page));
            if (!request.after) break;
        }
        return pages;
    }

    void backwards(const std::vector<PageOfIds>& pages) const {
        for (std::size_t index = pages.size() - 1; index > 0; --index) {
            if (!pages[index].links.previous) return;  // reported by the walk forwards
            const PageOfIds page =
                fetch({.limit = limit, .direction = direction, .before = pages[index].links.previous});
            EXPECT_EQ(page.ids, pages[index - 1].ids) << "back to page " << index - 1;
            EXPECT_EQ(page.links.previous.has_value(), index > 1) << "back to page " << index - 1;
            EXPECT_TRUE(page.links.next.has_value()) << "back to page " << index - 1;
            if (page.links.next) EXPECT_EQ(page.links.next->id, page.ids.back());
        }
    }

    /// Beyond either end there is an empty page without links.
    void past_the_ends() const {
        if (rows.empty()) return;
        const PageOfIds after = fetch({.limit = limit, .direction = direction, .after = rows.back()});
        EXPECT_TRUE(after.ids.empty() && !after.links.next && !after.links.previous);
        const PageOfIds before = fetch({.limit = limit, .direction = direction, .before = rows.front()});
        EXPECT_TRUE(before.ids.empty() && !before.links.next && !before.links.previous);
    }

    /// A position between rows, or of a row that is gone, works as well (filters may change between pages).
    void from_a_strange_position() const {
        if (rows.size() < 2) return;
        model::Position strange = rows[0];
        const bool ascending = direction == model::Direction::ascending;
        strange.id = ascending ? strange.id + "!" : strange.id.substr(0, strange.id.size() - 1);
        const bool between = ascending ? strange < rows[1] : rows[1] < strange;
        if (!between) return;
        const PageOfIds page = fetch({.limit = rows.size(), .direction = direction, .after = strange});
        EXPECT_EQ(page.ids, ids_of(rows, 1, rows.size()));
    }
};

}  // namespace

void expect_pages(const FetchPage& fetch, std::vector<model::Position> ascending, std::size_t limit) {
    for (const auto direction : {model::Direction::ascending, model::Direction::descending}) {
        SCOPED_TRACE(fmt::format("{} rows by {}, {}", ascending.size(), limit,
                                 direction == model::Direction::ascending ? "ascending" : "descending"));
        const Walk walk{.fetch = fetch, .rows = ascending, .direction = direction, .limit = limit};
        const auto pages = walk.forwards();
        walk.backwards(pages);
        walk.past_the_ends();
        walk.from_a_strange_position();
        std::ranges::reverse(ascending);
    }
}

void expect_pages_of_any_size(const FetchPage& fetch, const std::vector<model::Position>& ascending,
                              std::size_t limit_max) {
    std::set<std::size_t> limits{1, 2, 3, ascending.size(), ascending.size() + 1};
    if (!ascending.empty()) limits.insert(ascending.size() - 1);
    for (const std::size_t limit : limits)
        if (limit >= 1 && limit <= limit_max) expect_pages(fetch, ascending, limit);
}

}  // namespace outpost::ports::conformance
