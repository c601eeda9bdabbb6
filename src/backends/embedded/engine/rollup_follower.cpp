#include "backends/embedded/engine/rollup_follower.hpp"

#include "backends/embedded/engine/hop.hpp"
#include "base/log.hpp"

namespace outpost::embedded {
namespace {

constexpr auto kFollowAfter = std::chrono::seconds(10);  // from the first row that was not counted
constexpr auto kRetryAfter = std::chrono::seconds(60);

/// Rows of the newest segment that lie behind a place; all of it, when the place lies in an earlier one.
std::size_t rows_behind(const SegmentList& segments, model::EventRef place) {
    if (segments.empty() || segments.back()->sealed()) return 0;
    const std::size_t rows = segments.back()->tail->size();
    return segments.back()->number == place.segment ? rows - std::min<std::size_t>(rows, place.row) : rows;
}

}  // namespace

RollupFollower::RollupFollower(std::filesystem::path file, const SegmentDirectory& segments, Clock& clock,
                               Executor control, Executor sealer)
    : segments_(segments),
      clock_(clock),
      sealer_(std::move(sealer)),
      rollup_(std::move(file)),
      tasks_(control, "rollup"),
      alarm_(clock, control, "rollup", [this] { follow(); }) {}

void RollupFollower::start() {
    follow();
}

void RollupFollower::advanced() {
    const bool many = rows_behind(*segments_.list(), counted_) >= kRollupStepRows;
    alarm_.set_no_later_than(clock_.monotonic() + (many ? MonotonicTime::duration(0) : kFollowAfter));
}

void RollupFollower::distrust() {
    distrusted_ = true;
    follow();
}

Task<void> RollupFollower::close() {
    closed_ = true;
    co_await alarm_.close();
    tasks_.cancel();
    co_await tasks_.join();
}

void RollupFollower::follow() {
    if (working_) {
        again_ = true;
        return;
    }
    working_ = true;
    tasks_.start(work());
}

Task<void> RollupFollower::work() {
    bool more = true;
    while (!closed_ && (more || std::exchange(again_, false))) {
        // One hop a step: whoever else needs the sealer's thread comes in between.
        auto step = [this, list = segments_.list(), distrusted = std::exchange(distrusted_, false)]() -> Result<bool> {
            if (distrusted) rollup_.distrust();
            return rollup_.step(rollup_sources(*list));
        };
        const auto stepped = co_await hop<bool>(sealer_, step);
        if (!stepped) {
            log::warn("rollup.failed", {{"error", stepped.error().describe()}});
            alarm_.set_no_later_than(clock_.monotonic() + kRetryAfter);
            break;
        }
        more = *stepped;
    }
    counted_ = rollup_.watermark();  // the sealer's thread has answered: nothing runs there now
    working_ = false;
}

}  // namespace outpost::embedded
