#include "backends/embedded/engine/engine_impl.hpp"
#include "backends/embedded/engine/hop.hpp"
#include "backends/embedded/read/notice_reads.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

/// The OperatorOutbox port: rows on the control thread, what they tell of on the reader pool. Written as projections
/// are, without a sync each: what a power cut brings back is sent again, under its id. Contract:
/// ports/operator_outbox.hpp.
class EmbeddedOperatorOutbox final : public ports::OperatorOutbox {
public:
    explicit EmbeddedOperatorOutbox(Engine::Impl& engine) : engine_(engine), rows_(engine.projections) {}

    Task<Result<ports::DueNotices>> due(TimePoint now, std::size_t limit, Deadline deadline) override {
        ASSERT(limit >= 1 && limit <= ports::kNoticesMax);
        CO_TRY(Waiting waiting, co_await look(now, limit));
        ports::DueNotices due{.notices = {}, .next = waiting.next};
        if (waiting.rows.empty()) co_return due;
        CO_TRY(Read read, co_await this->read(std::move(waiting.rows), deadline));
        due.notices = std::move(read.notices);
        for (const std::uint64_t number : read.lost) CO_TRY_VOID(co_await sent(number, deadline));
        co_return due;
    }

    Task<Result<void>> sent(std::uint64_t number, Deadline) override {
        auto work = [this, number] { return rows_.remove(static_cast<std::int64_t>(number)); };
        return hop<void>(engine_.executors.control, std::move(work));
    }

    Task<Result<void>> postpone(std::uint64_t number, TimePoint until, Deadline) override {
        auto work = [this, number, until] { return rows_.postpone(static_cast<std::int64_t>(number), unix_ms(until)); };
        return hop<void>(engine_.executors.control, std::move(work));
    }

    void subscribe(std::function<void()> tell) override { engine_.tell_outbox = std::move(tell); }

private:
    struct Waiting {
        std::vector<OutboxRow> rows;
        std::optional<TimePoint> next;
    };
    struct Read {
        std::vector<ports::OperatorNotice> notices;
        std::vector<std::uint64_t> lost;
    };

    Task<Result<Waiting>> look(TimePoint now, std::size_t limit) {
        auto work = [this, now, limit]() -> Result<Waiting> {
            Waiting waiting;
            TRY(waiting.rows, rows_.due(unix_ms(now), limit));
            TRY(const auto next, rows_.next_due(unix_ms(now)));
            if (next) waiting.next = from_unix_ms(*next);
            return waiting;
        };
        return hop<Waiting>(engine_.executors.control, std::move(work));
    }

    Task<Result<Read>> read(std::vector<OutboxRow> rows, Deadline deadline) {
        auto work = [rows = std::move(rows)](ReadSession& session) -> Result<Read> {
            Read read;
            for (const OutboxRow& row : rows) {
                auto notice = read_notice(session, row);
                if (notice) {
                    read.notices.push_back(std::move(*notice));
                    continue;
                }
                const Errc code = notice.error().code();
                if (code != Errc::not_found && code != Errc::corrupt) return fail(notice.error());
                log::warn("opevents: an operator event can't be told any more",
                          {{"topic", row.topic}, {"error", notice.error().describe()}});
                read.lost.push_back(static_cast<std::uint64_t>(row.number));
            }
            return read;
        };
        return engine_.readers.run<Read>(std::move(work), deadline);
    }

    Engine::Impl& engine_;
    OutboxRows rows_;
};

}  // namespace

std::unique_ptr<ports::OperatorOutbox> make_operator_outbox(Engine::Impl& engine) {
    return std::make_unique<EmbeddedOperatorOutbox>(engine);
}

}  // namespace outpost::embedded
