// Goes through the log for a request, page by page, and judges what it meets.
#pragma once

#include "pipeline/recover/selection.hpp"
#include "ports/log_reader.hpp"

namespace outpost::pipeline {

class TenantViews;

inline constexpr std::size_t kScanPageRows = 100;
inline constexpr std::size_t kEstimateRowsMax = 2'000;             ///< rows that one estimate looks at
inline constexpr auto kEstimateTimeMax = std::chrono::seconds(5);  ///< and how long it does

/// One row that may be about a delivery to recover.
struct ScanRow {
    EventId event_id;
    DestinationId destination;
    std::optional<model::EventRef> ref;        ///< of the attempt; else the newest event of that id is meant
    TimePoint attempted;                       ///< when that attempt ended
    std::optional<ports::EventRecord> record;  ///< when the page had it
    std::string cursor;                        ///< where to go on behind this row
};

struct ScanPage {
    std::vector<ScanRow> rows;
    std::string cursor;  ///< behind the page
    bool last = false;
};

enum class Verdict {
    pass,              ///< none of the request's
    redeliver,         ///< deliver it again
    late,              ///< has arrived since
    lost,              ///< no such event, or never for this destination
    mismatch,          ///< topic or filter do not match any more
    destination_gone,  ///< deleted, or never there
    destination_disabled,
};

struct Judged {
    Verdict verdict = Verdict::pass;
    model::DeliveryKey key;  ///< for redeliver
};

/// What an estimate came to.
struct Estimate {
    std::uint64_t redeliver = 0;  ///< deliveries that would be made again
    std::uint64_t others = 0;     ///< asked for, but not possible or not needed
    std::uint64_t delivered = 0;  ///< of `redeliver`: have arrived at least once before
    bool exact = true;            ///< false: a bound was met, there may be more
};

/// One a shard; used on that shard only.
class Scanner {
public:
    Scanner(TenantViews& views, ports::LogReader& log, Clock& clock) : views_(views), log_(log), clock_(clock) {}

    /// The rows behind `cursor`, in order of time (or of the list), at most kScanPageRows.
    /// @param cursor  of a row or page before; empty: from the start
    /// @return corrupt when the cursor is none; unavailable; timeout
    Task<Result<ScanPage>> page(RecoverRequestPtr request, std::string cursor, Deadline deadline);
    /// Looks at the delivery as it is now. @return unavailable; timeout; corrupt
    Task<Result<Judged>> judge(RecoverRequestPtr request, ScanRow row, Deadline deadline);
    /// Judges without doing anything, within kEstimateRowsMax and kEstimateTimeMax.
    Task<Result<Estimate>> estimate(RecoverRequestPtr request, Deadline deadline);

private:
    Task<Result<ScanPage>> page_of_attempts(RecoverRequestPtr request, std::string cursor, Deadline deadline);
    Task<Result<ScanPage>> page_of_events(RecoverRequestPtr request, std::string cursor, Deadline deadline);
    /// @param row  with its record. @param matches  whether topic and filter do now
    Task<Result<Judged>> judge_event(RecoverRequestPtr request, ScanRow row, model::DestinationKey destination,
                                     bool matches, Deadline deadline);
    /// Whether an attempt for the row's destination, of this very event, has succeeded.
    Task<Result<bool>> has_arrived(TenantId tenant, ScanRow row, model::EventRef event, Deadline deadline);
    Task<Result<std::optional<ports::EventRecord>>> find(TenantId tenant, ScanRow row, Deadline deadline);

    TenantViews& views_;
    ports::LogReader& log_;
    Clock& clock_;
};

}  // namespace outpost::pipeline
