// Decides which due delivery is sent next; where isolation between customers is made (design.md §5).
#pragma once

#include "base/deadline.hpp"
#include "base/task_group.hpp"
#include "model/send_limits.hpp"
#include "pipeline/dispatch/adaptive_cap.hpp"
#include "pipeline/dispatch/round_robin.hpp"
#include "pipeline/dispatch/send_rate.hpp"
#include "ports/ledger.hpp"

#include <deque>
#include <unordered_map>

namespace outpost::pipeline {

inline constexpr std::size_t kQueueHeadMax = 512;  ///< deliveries of one destination that wait here with their payloads
inline constexpr std::size_t kLanesRememberedMax =
    65'536;  ///< idle destinations whose failures to answer are remembered

/// What people asked for while a delivery was on its way. Read when its attempt has ended.
struct InFlight {
    bool retry_after = false;  ///< one more attempt, at once and manual
    bool cancelled = false;    ///< no further attempt
    bool recording = false;    ///< the attempt has ended and its fact is made up; set by the worker

    /// Whether the same was asked for.
    bool operator==(const InFlight& other) const {
        return retry_after == other.retry_after && cancelled == other.cancelled;
    }
};

/// How a delivery left its worker.
struct Worked {
    enum class End {
        settled,     ///< an attempt was made, and is durable
        decided,     ///< no attempt: skipped
        given_back,  ///< postponed through our own trouble
    };
    SendSign sign = SendSign::not_tried;
    End end = End::given_back;
    std::optional<model::SendLimits> limits =
        std::nullopt;  ///< of the destination as it was sent to; none: not looked at
};

/// Carries one delivery through an attempt, to its settlement.
class DeliveryWorker {
public:
    virtual ~DeliveryWorker() = default;
    /// @param requests  may change until it returns; it must not return before it has answered to the last of them
    virtual Task<Worked> work(model::Delivery delivery, InFlight& requests) = 0;
    /// The limits of its destination, as far as they are known without waiting; nullopt: only work() can tell.
    virtual std::optional<model::SendLimits> limits_of(const model::Delivery& delivery) const {
        (void)delivery;
        return model::SendLimits{};
    }
};

struct DispatchSettings {
    std::size_t concurrency_max = 512;                  ///< sends of this shard at once
    std::size_t concurrency_per_destination_max = 256;  ///< DELIVERY_MAX_CONCURRENCY_PER_DESTINATION
};

/// One a shard, on its thread. A destination's rate limit delays its deliveries and drops none. Bounded: kQueueHeadMax
/// deliveries a destination, payload_bytes_max in all.
class Dispatcher final : public ports::DeliverySink {
public:
    Dispatcher(DispatchSettings settings, DeliveryWorker& worker, ports::Ledger& ledger, Clock& clock,
               Executor executor);

    bool offer(model::Delivery delivery) override;

    /// Where a delivery is, and a person's request noted with it (design.md §2 table of races). The caller then has the
    /// ledger decide it: until that is durable, when a cancellation met the delivery here. It has taken it out of the
    /// queue, or the place of an earlier wish.
    enum class Place { elsewhere, queued, in_flight };
    Place request_retry(const model::DeliveryKey& key);
    Place request_cancel(const model::DeliveryKey& key);
    /// Whether its attempt has ended and is not durable yet, with all that was asked for meanwhile. A request that was
    /// decided before that attempt gets settled counts only when both are.
    bool is_recording(const model::DeliveryKey& key) const;
    /// After the ledger has closed it: what it offered before that, and nobody asked for, is cancelled too.
    void drop_cancelled(const model::DeliveryKey& key);

    /// Takes no more; waits for the sends in flight until `deadline`, then cancels them (decision D13).
    Task<void> stop(Deadline deadline, Clock& clock);
    std::size_t in_flight() const { return in_flight_.size(); }
    /// Deliveries of one destination that wait here: at most kQueueHeadMax.
    std::size_t queued(std::uint32_t destination) const;
    /// Of all that wait here or are in flight.
    std::size_t payload_bytes() const { return payload_bytes_; }
    /// Destinations that something is known of.
    std::size_t lanes() const { return lanes_.size(); }

private:
    struct Lane {
        std::uint32_t tenant = 0;
        AdaptiveCap cap;
        std::deque<model::Delivery> queue;
        /// Offered anew while a former copy is still in flight: its settlement is stored and the answer late, or it was
        /// cancelled and then asked for again.
        std::vector<model::Delivery> behind;
        std::vector<model::DestinationKey> refused;  ///< an offer was refused: tell the ledger when there is room
        std::size_t running = 0;
        bool in_turn = false;                     ///< waits in a ring
        bool napping = false;                     ///< waits for its bucket, or for it to have rested
        std::optional<model::SendLimits> limits;  ///< none: not known yet, and one send at a time until it is
        std::optional<BucketRule> rate;           ///< none: as fast as it takes them
        TokenBucket bucket;                       ///< of `rate`

        std::size_t waiting() const { return queue.size() + behind.size(); }
        bool is_full() const;
        void obey(const model::SendLimits& given);
        model::Delivery* find(const model::DeliveryKey& key);
    };
    /// What a worker is given.
    struct Begun {
        model::Delivery delivery;
        bool at_floor = false;  ///< of the floor's share
    };
    using Wanted = std::vector<model::DestinationKey>;  ///< there is room for these again

    void pump();
    std::optional<Begun> begin();
    std::optional<Begun> begin_of(std::uint32_t destination);
    void take_turn(std::uint32_t destination, Lane& lane);
    void nap(std::uint32_t destination, Lane& lane, MonotonicTime until);
    Task<void> wake(std::uint32_t destination, MonotonicTime at);
    std::optional<std::uint32_t> next();
    std::size_t floor_share() const;
    bool may_begin_more() const;
    Task<void> pump_soon();
    Task<void> run(Begun begun);
    Task<void> carry(Begun begun);
    struct Left {
        model::DeliveryKey key;
        std::uint32_t attempts_settled = 0;  ///< when it was begun
        std::size_t payload_bytes = 0;
        bool cancelled = false;  ///< what a person asked for last
        Worked worked;
    };
    Wanted finished(const Left& left);
    void bring_forward(const Left& left, Lane& lane);
    Wanted went_on(std::uint32_t destination, Lane& lane);
    void ask_for(const Wanted& wanted);
    model::Delivery* find_waiting(const model::DeliveryKey& key);

    DispatchSettings settings_;
    DeliveryWorker& worker_;
    ports::Ledger& ledger_;
    Clock& clock_;
    TaskGroup tasks_;
    TaskGroup naps_;  ///< one a lane that waits for its rate limit, at most
    std::unordered_map<std::uint32_t, Lane> lanes_;
    std::unordered_map<model::DeliveryKey, InFlight> in_flight_;
    RoundRobin healthy_;
    RoundRobin floor_;  ///< destinations that do not answer: at most a quarter of the cap
    std::size_t floor_running_ = 0;
    std::size_t payload_bytes_ = 0;
    bool pumping_ = false;
    bool stopped_ = false;
};

inline constexpr std::size_t kPayloadBytesMax = 64ull << 20;  ///< payloads that wait or are in flight, of one shard

}  // namespace outpost::pipeline
