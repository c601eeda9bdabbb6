// Runs reads on the reader threads, so that no shard ever waits for SQLite (design.md §5). Heavy header: .cpp only.
#pragma once

#include "backends/embedded/read/read_session.hpp"
#include "base/oneshot.hpp"
#include "base/deadline.hpp"
#include "base/shards.hpp"

namespace outpost::embedded {

inline constexpr std::size_t kReadsPendingMax = 1024;

/// Any thread.
class ReaderPool {
public:
    ReaderPool(std::vector<Executor> executors, Clock& clock) : executors_(std::move(executors)), clock_(clock) {}

    /// Opens one session an executor. Before any other call.
    Result<void> open(const DataPaths& paths, const SegmentDirectory& segments, const Sealer& sealer) {
        for (std::size_t i = 0; i < executors_.size(); ++i) {
            TRY(auto session, ReadSession::open(paths, segments, sealer));
            sessions_.push_back(std::move(session));
        }
        return {};
    }

    /// `read(session)` on a reader thread. @return unavailable when too many reads wait; timeout when the deadline
    /// passes before or during the read
    template <class T, class Read>
    Task<Result<T>> run(Read read, Deadline deadline) {
        if (pending_.fetch_add(1, std::memory_order_relaxed) >= kReadsPendingMax) {
            pending_.fetch_sub(1, std::memory_order_relaxed);
            co_return fail(Errc::unavailable, "too many reads wait");
        }
        const std::size_t reader = next_.fetch_add(1, std::memory_order_relaxed) % executors_.size();
        auto start = [this, reader, deadline, &read](Answer<Result<T>> answer) {
            auto work = [this, reader, deadline, read = std::move(read), answer = std::move(answer)]() mutable {
                answer(perform<T>(*sessions_[reader], read, deadline));
            };
            boost::asio::post(executors_[reader], std::move(work));
        };
        auto result = co_await await_answer<Result<T>>(start);
        pending_.fetch_sub(1, std::memory_order_relaxed);
        co_return result;
    }

    /// The files of segments that are gone are closed, soon. Any thread.
    void close_removed() {
        for (std::size_t i = 0; i < executors_.size(); ++i) {
            boost::asio::post(executors_[i], [session = sessions_[i].get()] { session->close_removed(); });
        }
    }

private:
    template <class T, class Read>
    Result<T> perform(ReadSession& session, Read& read, Deadline deadline) {
        if (deadline.passed(clock_)) return fail(Errc::timeout, "the deadline passed before the read began");
        session.interrupt_when([this, deadline] { return deadline.passed(clock_); });
        try {
            while (true) {
                auto result = read(session);
                if (result || !session.lost_segment()) return result;  // else the list of segments is another one now
                if (deadline.passed(clock_)) return result;
            }
        } catch (const std::exception& error) {  // no memory: whoever waits must get an answer (T-09)
            return fail(Errc::internal, error.what());
        }
    }

    std::vector<Executor> executors_;
    Clock& clock_;
    std::vector<std::unique_ptr<ReadSession>> sessions_;
    std::atomic<std::size_t> pending_ = 0;  // two counters of a queue that every shard feeds
    std::atomic<std::size_t> next_ = 0;
};

}  // namespace outpost::embedded
