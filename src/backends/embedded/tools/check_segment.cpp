#include "backends/embedded/tools/check_segment.hpp"

#include "backends/embedded/log/row_checksum.hpp"
#include "backends/embedded/tools/fold_log.hpp"

namespace outpost::embedded {
namespace {

/// Notes problems, and only counts them once there are many.
class Problems {
public:
    void add(std::string text) {
        if (++count_ <= kProblemsShown) shown_.push_back(std::move(text));
    }
    std::vector<std::string> finish() && {
        if (count_ > kProblemsShown) shown_.push_back(fmt::format("and {} more", count_ - kProblemsShown));
        return std::move(shown_);
    }

private:
    std::size_t count_ = 0;
    std::vector<std::string> shown_;
};

/// Reads a table's rows; `verify(row)` says what is wrong with the current one.
template <class Verify>
Result<void> check_rows(Database& segment, const std::string& columns, std::string_view table,
                        std::vector<std::int64_t>& numbers, Problems& problems, Verify verify) {
    TRY(Statement rows, segment.prepare(fmt::format("SELECT {} FROM {} ORDER BY row", columns, table)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return {};
        numbers.push_back(rows.integer(0));
        if (auto sound = verify(rows); !sound) problems.add(sound.error().describe());
    }
}

Result<void> check_content(const Statement& row, std::string_view table, int checksum_column,
                           std::initializer_list<std::string_view> texts) {
    if (content_checksum(row.integer(0), texts) == content_half(row.integer(checksum_column))) return {};
    return fail(Errc::corrupt, fmt::format("row {} of {} has a damaged payload", row.integer(0), table));
}

Result<void> verify_event(const Statement& row) {
    TRY_VOID(read_event_fields(row, 0));
    return check_content(row, "events", kEventFieldColumnCount - 1,
                         {row.text(kEventFieldColumnCount), row.text(kEventFieldColumnCount + 1)});
}

Result<void> verify_attempt(const Statement& row) {
    TRY_VOID(read_attempt_fields(row, 0));
    TRY_VOID(read_attempt_content(row));
    return {};
}

Result<void> verify_decision(const Statement& row) {
    TRY_VOID(read_decision_fields(row, 0));
    return {};
}

Result<std::uint64_t> check_all_rows(Database& segment, Problems& problems) {
    std::vector<std::int64_t> numbers;
    TRY_VOID(check_rows(segment, fmt::format("{}, metadata, data", kEventFieldColumns), "events", numbers, problems,
                        &verify_event));
    TRY_VOID(check_rows(segment, fmt::format("{}, {}", kAttemptFieldColumns, kAttemptContentColumns), "attempts",
                        numbers, problems, &verify_attempt));
    TRY_VOID(check_rows(segment, std::string(kDecisionFieldColumns), "decisions", numbers, problems, &verify_decision));
    std::ranges::sort(numbers);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (numbers[i] == static_cast<std::int64_t>(i)) continue;
        problems.add(fmt::format("row {} is missing or there twice", i));
        break;
    }
    return numbers.size();
}

}  // namespace

Result<std::vector<std::string>> check_integrity(Database& database, std::size_t shown) {
    std::vector<std::string> problems;
    TRY(Statement rows, database.prepare(fmt::format("PRAGMA integrity_check({})", shown)));
    while (true) {
        TRY(const bool more, rows.step());
        if (!more) return problems;
        if (rows.text(0) != "ok") problems.emplace_back(rows.text(0));
    }
}

SegmentFindings check_segment(const std::filesystem::path& file) {
    SegmentFindings findings;
    auto look = [&]() -> Result<void> {
        TRY(Database segment, open_quietly(file));
        TRY(findings.problems, check_integrity(segment));
        Problems problems;
        auto rows = check_all_rows(segment, problems);
        for (std::string& problem : std::move(problems).finish()) findings.problems.push_back(std::move(problem));
        TRY(findings.rows, std::move(rows));
        return {};
    };
    if (auto looked = look(); !looked) findings.problems.push_back(looked.error().describe());
    return findings;
}

}  // namespace outpost::embedded
