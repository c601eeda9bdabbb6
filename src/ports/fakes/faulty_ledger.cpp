#include "ports/fakes/faulty_ledger.hpp"

#include "ports/fakes/hop.hpp"

namespace outpost::ports::fakes {
namespace {

/// The caller's deadline, unless it is the ledger that comes too late.
Deadline deadline_of_work(LedgerFault fault, Deadline deadline) {
    return fault == LedgerFault::answer_late ? Deadline::never() : deadline;
}

}  // namespace

void FaultyLedger::next(LedgerCall call, LedgerFault fault, std::size_t times) {
    script_[call].insert(script_[call].end(), times, fault);
}

void FaultyLedger::at_rates(LedgerFaultRates rates, std::uint64_t seed) {
    ASSERT(rates.fail + rates.delay + rates.answer_late + rates.lose_reply <= 1);
    rates_ = rates;
    dice_ = Dice(seed);
}

void FaultyLedger::go_down(std::string reason) {
    ASSERT(!reason.empty());
    down_ = std::move(reason);
}

void FaultyLedger::heal() {
    script_.clear();
    rates_ = {};
    down_.clear();
}

Result<void> FaultyLedger::ready() const {
    if (!down_.empty()) return fail(Errc::unavailable, down_);
    return inner_.ready();
}

LedgerFault FaultyLedger::choose(LedgerCall call) {
    if (auto& scripted = script_[call]; !scripted.empty()) {
        const LedgerFault fault = scripted.front();
        scripted.pop_front();
        return fault;
    }
    if (!down_.empty()) return LedgerFault::fail;
    double left = dice_.fraction();
    for (const auto& [rate, fault] :
         {std::pair{rates_.fail, LedgerFault::fail}, std::pair{rates_.delay, LedgerFault::delay},
          std::pair{rates_.answer_late, LedgerFault::answer_late},
          std::pair{rates_.lose_reply, LedgerFault::lose_reply}}) {
        if (left < rate) return fault;
        left -= rate;
    }
    return LedgerFault::none;
}

template <class T>
Task<Result<T>> FaultyLedger::under(LedgerFault fault, Task<Result<T>> work, Deadline deadline) {
    const MonotonicTime delayed = clock_.monotonic() + delay_;
    if (fault != LedgerFault::none) ++injected_;
    switch (fault) {
        case LedgerFault::none: co_return co_await std::move(work);
        case LedgerFault::fail:
            co_await hop();
            co_return fail(Errc::unavailable, down_.empty() ? "faulty ledger: failed" : down_);
        case LedgerFault::delay: co_await clock_.sleep_until(delayed); co_return co_await std::move(work);
        case LedgerFault::answer_late: {
            co_await clock_.sleep_until(deadline.is_never() ? delayed : deadline.at());
            const auto done = co_await std::move(work);
            if (!done) co_return done;
            co_return fail(Errc::timeout, "faulty ledger: answered after the deadline");
        }
        case LedgerFault::lose_reply: {
            const auto done = co_await std::move(work);
            if (!done) co_return done;
            if (!deadline.is_never()) co_await clock_.sleep_until(deadline.at());
            co_return fail(Errc::timeout, "faulty ledger: the reply was lost");
        }
    }
    co_return fail(Errc::internal, "faulty ledger: unknown fault");
}

Task<Result<std::vector<Accepted>>> FaultyLedger::accept(std::vector<Acceptance> batch, Deadline deadline) {
    const LedgerFault fault = choose(LedgerCall::accept);
    auto work = inner_.accept(std::move(batch), deadline_of_work(fault, deadline));
    co_return co_await under(fault, std::move(work), deadline);
}

Task<Result<void>> FaultyLedger::settle(std::vector<Settlement> settlements, Deadline deadline) {
    const LedgerFault fault = choose(LedgerCall::settle);
    auto work = inner_.settle(std::move(settlements), deadline_of_work(fault, deadline));
    co_return co_await under(fault, std::move(work), deadline);
}

Task<Result<void>> FaultyLedger::decide(std::vector<Decision> decisions, Deadline deadline) {
    const LedgerFault fault = choose(LedgerCall::decide);
    auto work = inner_.decide(std::move(decisions), deadline_of_work(fault, deadline));
    co_return co_await under(fault, std::move(work), deadline);
}

}  // namespace outpost::ports::fakes
