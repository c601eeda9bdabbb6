// The log thread: takes what has queued while the last commit ran, writes one transaction, answers all (design.md §4).
#pragma once

#include "backends/embedded/log/id_window.hpp"
#include "backends/embedded/log/segment_directory.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "base/clock.hpp"
#include "base/oneshot.hpp"
#include "base/shards.hpp"
#include "base/task_group.hpp"

#include <deque>
#include <unordered_set>
#include <variant>

namespace outpost::embedded {

inline constexpr std::size_t kFlushRowsMax = 16 * 1024;     ///< rows, and destinations, of one transaction
inline constexpr std::size_t kPendingRowsMax = 256 * 1024;  ///< of those that wait; over it accept answers unavailable

struct JournalSettings {
    std::filesystem::path log_directory;
    std::size_t segment_rows_max = kSegmentRowsMax;
    std::uint64_t segment_bytes_max = 1ull << 30;
    Milliseconds idempotency_window = std::chrono::hours(1);
};

/// How many rows the tail of an open segment must hold: a segment rolls after the commit that fills it.
std::size_t tail_rows(std::size_t segment_rows_max);

/// What is written again before its segment goes.
struct Carry {
    std::vector<CarriedEvent> events;
    std::vector<DecisionRow> open;  ///< their open deliveries, as the projections know them, in the order of `events`
    model::EventRef seen;           ///< the first place that the projections had not seen by then
};

/// A delivery that has just become durable.
struct NewDelivery {
    model::DeliveryKey key;
    model::EventPtr event;
};

/// Told by the log thread; every call must be short and only post.
class JournalListener {
public:
    virtual ~JournalListener() = default;
    /// Before the answers of the same commit.
    virtual void accepted(std::vector<NewDelivery> deliveries) = 0;
    /// Rows were added that the projections have not seen; once until projections_caught_up().
    virtual void advanced() = 0;
    /// A new segment was begun; `finished` takes no more rows.
    virtual void rolled(std::uint32_t finished) = 0;
    /// The log can be written again after a failure, or can't any more.
    virtual void writable_changed(bool writable) = 0;
};

/// The public calls may come from any thread; all else runs on the log executor.
class Journal {
public:
    Journal(JournalSettings settings, SegmentDirectory& segments, Clock& clock, Executor executor,
            JournalListener& listener);
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Goes on in the newest segment, or begins one when there is none, when it is full, or when it lacks rows that
    /// were there: their numbers are never given out again. The directory must list what is there. Before any other
    /// call.
    /// @param seen  the first place that the projections have not seen
    Result<void> open(model::EventRef seen);

    Task<Result<std::vector<ports::Accepted>>> accept(std::vector<ports::Acceptance> batch, Deadline deadline);
    /// @return for each settlement whether it was written now: false for an attempt id that was recorded before
    Task<Result<std::vector<bool>>> settle(std::shared_ptr<const std::vector<ports::Settlement>> settlements,
                                           Deadline deadline);
    /// @return conflict when a decision would open a delivery whose event is about to go or gone: look it up again
    Task<Result<void>> decide(std::vector<DecisionRow> decisions, Deadline deadline);
    /// Copies events that still have open deliveries, and says the state of these once more, as it is by then. One
    /// commit.
    /// @return how many events were copied; conflict when `seen` is too long ago
    Task<Result<std::size_t>> carry(Carry carry);
    /// On the log executor: from now on no delivery whose event lies in this segment is opened again; none: the segment
    /// is gone, or stays after all.
    void leave(std::optional<std::uint32_t> segment);

    /// On the log executor: the projections ask to be told of the next rows.
    void projections_caught_up() { advance_told_ = false; }
    /// On the log executor: finishes a checkpoint that the sealer left nearly complete, so that the WAL starts anew.
    void finish_checkpoint();
    /// Any thread. @return unavailable with the reason and since when
    Result<void> ready() const;
    /// Stops the probe. What is pending has been answered when it returns; later calls answer unavailable. On any
    /// executor.
    Task<void> close();

private:
    struct AcceptRequest {
        std::vector<ports::Acceptance> batch;
        Result<std::vector<ports::Accepted>> accepted;
        Answer<Result<std::vector<ports::Accepted>>> answer;
    };
    struct SettleRequest {
        std::shared_ptr<const std::vector<ports::Settlement>>
            settlements;  // shared with the caller, who needs them after
        std::vector<bool> written;
        Answer<Result<std::vector<bool>>> answer;
    };
    struct DecideRequest {
        std::vector<DecisionRow> decisions;
        Result<void> outcome;
        Answer<Result<void>> answer;
    };
    struct CarryRequest {
        Carry carry;
        Result<std::size_t> copied;
        Answer<Result<std::size_t>> answer;
    };
    struct Request {
        std::variant<AcceptRequest, SettleRequest, DecideRequest, CarryRequest> what;
        Executor origin;
        Deadline deadline;
        std::size_t rows = 0;  ///< and destinations
    };
    using Replies = std::vector<std::pair<Executor, std::vector<std::move_only_function<void()>>>>;

    void enqueue(Request request);
    std::optional<Error> refusal_of(const Request& request) const;
    void flush();
    Result<void> write_guarded(std::vector<Request>& requests);
    Result<void> write(std::vector<Request>& requests);
    Result<std::vector<std::optional<SeenEvent>>> find_in_window(const std::vector<ports::Acceptance>& batch);
    const SeenEvent* find_staged(const ports::Acceptance& acceptance) const;
    Result<void> write_accept(AcceptRequest& request);
    Result<void> write_settle(SettleRequest& request);
    Result<void> write_decide(DecideRequest& request);
    Result<void> write_carry(CarryRequest& request);
    Result<void> bring_up_to_date(Carry& carry) const;
    bool is_leaving(std::uint32_t segment) const;
    Result<bool> is_repeated(const ports::Settlement& settlement);
    void publish(std::vector<Request>& requests);
    static void refuse(Request& request, const Error& error, Replies& replies);
    static Replies::value_type::second_type& replies_for(Replies& replies, const Executor& origin);
    static void send(Replies replies);
    Result<void> roll();
    bool is_full() const;
    void failed(const Error& error);
    void recovered();
    void probe_now();
    Task<void> probe();

    JournalSettings settings_;
    SegmentDirectory& segments_;
    Clock& clock_;
    Executor executor_;
    JournalListener& listener_;
    TaskGroup tasks_;

    std::deque<Request> pending_;
    std::size_t pending_rows_ = 0;
    bool flush_posted_ = false;
    bool closed_ = false;
    bool advance_told_ = false;

    std::uint32_t number_ = 0;
    std::optional<SegmentWriter> writer_;
    std::shared_ptr<Tail> tail_;
    bool replace_segment_ = false;  ///< after an I/O error no more is written to the same file (hard-cases T-08)
    IdWindow window_;
    std::optional<std::uint32_t> leaving_;  ///< see leave()

    // Of the transaction in progress.
    std::uint32_t staged_row_ = 0;
    std::vector<TailEntry> staged_;
    std::vector<TailDestination> staged_destinations_;
    std::vector<NewDelivery> staged_deliveries_;
    struct StagedId {
        std::uint32_t tenant;
        std::string_view id;  // of an event that the request in progress holds
        SeenEvent seen;
    };
    std::unordered_map<std::uint64_t, StagedId> staged_ids_;
    std::unordered_set<std::uint64_t> staged_attempts_;  // hashes of their ids

    mutable std::mutex health_mutex_;  // read by any thread, written when the disk fails or recovers
    std::optional<Error> trouble_;
    TimePoint trouble_since_;
    bool writable_ = true;
};

}  // namespace outpost::embedded
