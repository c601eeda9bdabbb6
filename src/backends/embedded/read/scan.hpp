// Pages of rows that only looking at them can choose: by payload, by outcome, by code (portal.md §15a N5).
#pragma once

#include "backends/embedded/read/candidates.hpp"

namespace outpost::embedded {

/// How much one call may look at; beyond it the page ends, and its link onward leads on from there.
struct ScanLimits {
    std::size_t rows_max = 20'000;
    std::size_t bytes_max = 64u << 20;  ///< of what is read of the rows, within one step
    std::size_t step_rows = 1'000;      ///< found and looked at together
    std::size_t first_step_rows = 100;
};

/// Which of some rows fit, in their order, and how many bytes it took to see.
struct Choice {
    std::vector<bool> fits;
    std::size_t bytes = 0;
};

/// Walks over rows in steps. One use.
template <class ListRows, class Choose>
class Scan {
public:
    /// @param list  PageRequest → Result<Candidates::Page>, without what `choose` looks at
    /// @param choose  rows → Result<Choice>
    Scan(model::PageRequest from, ScanLimits limits, ListRows list, Choose choose)
        : step_(std::move(from)),
          backwards_(step_.before.has_value()),
          limits_(limits),
          list_(std::move(list)),
          choose_(std::move(choose)) {}

    /// Calls `found(row)` for rows that fit, in the order of the walk, until it answers false, a limit is reached, or
    /// none is left.
    template <class Found>
    Result<void> run(Found found) {
        while (true) {
            step_.limit = next_step_rows();
            if (step_.limit == 0) return {};
            TRY(Candidates::Page page, list_(step_));
            const bool last = !(backwards_ ? page.links.previous : page.links.next);
            if (backwards_) std::ranges::reverse(page.rows);
            TRY(const Choice choice, choose_(page.rows));
            bytes_ += choice.bytes;
            for (std::size_t i = 0; i < page.rows.size(); ++i) {
                Candidate& row = page.rows[i];
                ++seen_;
                (backwards_ ? step_.before : step_.after) = model::Position{from_unix_ms(row.time_ms), row.id};
                if (choice.fits[i] && !found(std::move(row))) return {};
            }
            ended_ = last;
            if (ended_) return {};
        }
    }

    bool ended() const { return ended_; }  ///< no row is left
    /// The last row that was looked at.
    std::optional<model::Position> reached() const { return backwards_ ? step_.before : step_.after; }

private:
    std::size_t next_step_rows() const {
        if (seen_ == 0) return std::min(limits_.first_step_rows, limits_.rows_max);
        if (seen_ >= limits_.rows_max || bytes_ >= limits_.bytes_max) return 0;
        const std::size_t bytes_a_row = bytes_ / seen_ + 1;
        const std::size_t affordable = (limits_.bytes_max - bytes_) / bytes_a_row + 1;
        return std::min({limits_.step_rows, limits_.rows_max - seen_, affordable});
    }

    model::PageRequest step_;
    bool backwards_;
    ScanLimits limits_;
    ListRows list_;
    Choose choose_;
    std::size_t seen_ = 0;
    std::size_t bytes_ = 0;
    bool ended_ = false;
};

/// One page of rows that fit. Its links are those of any page (api.md §4.4), unless a limit ended it early: then the
/// one onward is the last row that was looked at.
template <class ListRows, class Choose>
Result<Candidates::Page> scan_page(const model::PageRequest& request, ScanLimits limits, ListRows list, Choose choose) {
    const bool backwards = request.before.has_value();
    Candidates::Page page;
    Scan scan(request, limits, std::move(list), std::move(choose));
    bool more = false;
    const auto found = [&](Candidate row) {
        more = page.rows.size() == request.limit;
        if (!more) page.rows.push_back(std::move(row));
        return !more;
    };
    TRY_VOID(scan.run(found));
    const auto position_of = [](const Candidate& row) { return model::Position{from_unix_ms(row.time_ms), row.id}; };
    std::optional<model::Position> onward;
    if (more) onward = position_of(page.rows.back());
    else if (!scan.ended()) onward = scan.reached();
    std::optional<model::Position> back;
    if (!page.rows.empty() && (backwards || request.after)) back = position_of(page.rows.front());
    if (backwards) std::ranges::reverse(page.rows);
    page.links = backwards ? model::PageLinks{.next = back, .previous = onward}
                           : model::PageLinks{.next = onward, .previous = back};
    return page;
}

/// How many rows fit, from the list's beginning; not exact when a limit, or model::kRowsCountedMax, ends the walk.
template <class ListRows, class Choose>
Result<model::RowCount> scan_count(ScanLimits limits, ListRows list, Choose choose) {
    model::RowCount count{.rows = 0, .exact = false};
    Scan scan(model::PageRequest{}, limits, std::move(list), std::move(choose));
    bool beyond = false;
    const auto found = [&](const Candidate&) {
        beyond = count.rows == model::kRowsCountedMax;
        if (!beyond) ++count.rows;
        return !beyond;
    };
    TRY_VOID(scan.run(found));
    count.exact = scan.ended() && !beyond;
    return count;
}

/// For lists that are only counted: every row fits.
inline Result<Choice> choose_all(const std::vector<Candidate>& rows) {
    return Choice{.fits = std::vector<bool>(rows.size(), true)};
}

}  // namespace outpost::embedded
