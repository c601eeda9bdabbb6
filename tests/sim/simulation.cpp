#include "sim/simulation.hpp"

#include "sim/invariants.hpp"

namespace outpost::sim {
namespace {

using pipeline::testing::ProcessSettings;

constexpr std::array<const char*, 3> kTenants = {"t1", "t2", "t3"};
constexpr std::size_t kDestinationsOfATenant = 4;
constexpr auto kEndWithin = std::chrono::seconds(60);  // of the schedule, once faults have stopped
constexpr std::size_t kLogPages = 8;                   // of a tenant, in the end
constexpr std::size_t kEventsLookedUp = 40;            // in the end, of those that were accepted

model::RetryPolicy retry_policy() {
    return {.schedule = {}, .interval = 30s, .limit = 3, .jitter = true};
}

ProcessSettings process_settings() {
    return {.dispatch = {.concurrency_max = 24, .concurrency_per_destination_max = 8},
            .deliver = {.retry = retry_policy()},
            .random = {},
            .subscribes_to_tenants = false};
}

}  // namespace

BackingKind kind_of(std::uint64_t seed) {
    return static_cast<BackingKind>(seed % 3);
}

std::vector<std::unique_ptr<WitnessProvider>> Simulation::Life::watch(Scripted& scripted, History& history,
                                                                      const Clock& clock) {
    std::vector<std::unique_ptr<WitnessProvider>> all;
    for (auto& destination : scripted) all.push_back(std::make_unique<WitnessProvider>(*destination, history, clock));
    return all;
}

std::vector<pipeline::ProviderMap> Simulation::Life::maps() {
    std::vector<pipeline::ProviderMap> all;
    for (auto& provider : providers) all.push_back({{"scripted", provider.get()}});
    return all;
}

Simulation::Simulation(std::uint64_t seed) : seed_(seed), dice_(ports::fakes::Dice(seed).next()) {
    for (std::size_t shard = 0; shard < stage_.shards().size(); ++shard) {
        scripted_.push_back(std::make_unique<ports::fakes::ScriptedDestination>(script_, stage_.clock()));
    }
    backing_ = make_backing(kind_of(seed), stage_, dice_.next());
    begin_life();
}

Simulation::~Simulation() {
    if (life_ != nullptr) end_life();
}

void Simulation::begin_life() {
    jumped_before_ = jumped_by_;
    backing_->open();
    life_ = std::make_unique<Life>(stage_, *backing_, history_, scripted_, process_settings());
    backing_->attach(life_->process);
}

/// The dead process's coroutines are cancelled; nobody looks at what they still do. Time passes until the last of them
/// has ended, as it does while a machine starts again.
void Simulation::end_life() {
    ++history_.life;
    history_.in_flight.clear();
    history_.ledger_has_faults = false;
    life_->faulty.heal();
    // Cancelled from within: Asio posts a cancellation that comes from another thread, and it may come too late.
    boost::asio::post(stage_.executor(), [this] { life_->clients.cancel(); });
    stage_.await(life_->process.stop(Deadline(stage_.clock().monotonic())));
    const bool ended = stage_.until([&] { return life_->clients.size() == 0; });
    backing_->close();
    ASSERT(ended);
    life_.reset();
    stage_.run();
}

void Simulation::crash() {
    ++crashes_;
    if (!backing_->ledger().ready()) doubt_refusals(history_);
    backing_->crash();
    end_life();
    begin_life();
}

void Simulation::remember(std::string action) {
    actions_.push_back(fmt::format("{} +{}ms: {}", history_.last_tick,
                                   unix_ms(stage_.clock().now()) - 1'700'000'000'000, std::move(action)));
}

Report Simulation::run() {
    for (const char* tenant : kTenants) {
        for (std::size_t i = 1; i <= 2; ++i) {
            const DestinationId id(fmt::format("d{}", i));
            start(create(TenantId(tenant), id, {"*"}));
        }
    }
    stage_.run();
    const std::uint64_t actions = 50 + dice_.below(200);
    try {
        for (std::uint64_t i = 0; i < actions && history_.violations.empty(); ++i) {
            act();
            if (dice_.roll(0.3)) stage_.run();
            else stage_.run_some(dice_.below(40));
            check_bounds();
        }
        if (history_.violations.empty()) settle_everything();
    } catch (const std::exception& error) {
        history_.violated(error.what());
    }
    Report report{.seed = seed_, .kind = kind_of(seed_)};
    report.violations = history_.violations;
    report.actions = actions_;
    report.trace = trace();
    report.sends = history_.sends.size();
    report.crashes = crashes_;
    return report;
}

/// Memory has owners with limits (pipeline.md W32): queue heads and sends in flight.
void Simulation::check_bounds() {
    for (std::size_t shard = 0; shard < stage_.shards().size(); ++shard) {
        pipeline::Dispatcher& dispatcher = life_->process.dispatcher(shard);
        if (dispatcher.in_flight() > process_settings().dispatch.concurrency_max) {
            history_.violated("more sends in flight than a shard may have");
        }
        for (std::uint32_t destination = 1; destination <= kTenants.size() * kDestinationsOfATenant; ++destination) {
            if (dispatcher.queued(destination) <= pipeline::kQueueHeadMax) continue;
            history_.violated(fmt::format("the queue head of destination {} is over its limit", destination));
        }
    }
    std::map<std::uint32_t, std::size_t> running;
    for (const model::DeliveryKey& key : history_.in_flight) ++running[key.destination.destination];
    for (const auto& [destination, count] : running) {
        if (count > process_settings().dispatch.concurrency_per_destination_max) {
            history_.violated(fmt::format("{} sends to destination {} at once", count, destination));
        }
    }
}

namespace {

/// Small pages for small logs, so that paging is met too.
Task<void> read_log(ports::LogReader* log, const History* history, ports::fakes::Dice dice, LogSeen* seen) {
    for (const char* tenant : kTenants) {
        ports::AttemptQuery query{
            .tenants = {TenantId(tenant)},
            .events = {},
            .destinations = {},
            .destination_types = {},
            .topics = {},
            .status = {},
            .time = {},
            .page = {.limit = 5 + history->settles.size() / kLogPages, .after = {}, .before = {}}};
        while (true) {
            auto page = co_await log->list_attempts(query, Deadline::never());
            if (!page) throw std::runtime_error(page.error().describe());
            std::ranges::move(page->attempts, std::back_inserter(seen->attempts));
            if (!page->links.next) break;
            query.page.after = page->links.next;
        }
    }
    for (std::size_t i = 0; i < kEventsLookedUp && !history->accepts.empty(); ++i) {
        const AcceptSeen& accept = history->accepts[dice.below(history->accepts.size())];
        const auto name = std::make_pair(accept.event->tenant_id, accept.event->id);
        if (accept.certainty != Certainty::stored || seen->looked_up.contains(name)) continue;
        seen->looked_up.insert(name);
        auto found = co_await log->find_event(name.first, name.second, Deadline::never());
        if (found) seen->events.emplace(name, std::move(*found));
    }
}

}  // namespace

/// Every delivery ends within its schedule and a minute. Attempts that are under way may still get a schedule.
void Simulation::wait_for_the_end() {
    const MonotonicTime began = stage_.clock().monotonic();
    const auto quiet = [&] { return life_->clients.size() == 0 && life_->witness.depth().open == 0; };
    const auto schedule_ends = [&] {
        MonotonicTime last = began;
        for (const SettleSeen& settle : history_.settles) {
            if (!settle.next_due || settle.certainty == Certainty::refused) continue;
            last = std::max(last, settle.asked + settle.planned_wait());
        }
        return last + kEndWithin + backing_->sleeps_through(jumped_by_, jumped_before_);
    };
    for (MonotonicTime end; end != schedule_ends();) {
        end = schedule_ends();
        if (stage_.until(quiet, end - stage_.clock().monotonic())) return;
    }
    history_.violated(fmt::format("{} deliveries and {} requests do not end within their schedule",
                                  life_->witness.depth().open, life_->clients.size()));
}

/// All faults end, all schedules pass; then everything that was promised must have been kept.
void Simulation::settle_everything() {
    remember("all faults end");
    life_->faulty.heal();
    backing_->mend_disk();
    script_.forget_next();
    for (std::size_t i = 1; i <= kDestinationsOfATenant; ++i) {
        script_.always(DestinationId(fmt::format("d{}", i)), ports::fakes::Reply::success());
    }
    wait_for_the_end();
    stage_.advance(2min);  // what is in the last hands, as replies and the log's queue
    const auto read = [&] {
        backing_->flush_log();
        LogSeen log;
        stage_.await(read_log(&backing_->log(), &history_, dice_, &log));
        return log;
    };
    const LogSeen log = read();
    const model::RetryPolicy policy = retry_policy();
    auto wrong = check_invariants({.history = history_,
                                   .log = log,
                                   .policy = policy,
                                   .wall_clock_jumped = jumped_,
                                   .waits_as_planned = backing_->waits_as_planned()});
    std::ranges::move(wrong, std::back_inserter(history_.violations));

    const std::size_t sends = history_.sends.size();
    crash();
    stage_.advance(2h);
    for (std::size_t i = sends; i < history_.sends.size(); ++i) {
        const SendSeen& sent = history_.sends[i];
        history_.violated(fmt::format("{} had ended and was sent again after a restart{}", describe(sent.key),
                                      tell_story(history_, sent.key)));
    }
    if (const auto open = life_->witness.depth().open; open > 0) {
        history_.violated(fmt::format("{} deliveries are open again after a restart", open));
    }
    if (const auto alerts = backing_->alerts()) {
        auto untrue = check_alerts(*alerts, log.attempts, history_.armings);
        std::ranges::move(untrue, std::back_inserter(history_.violations));
    }
    if (read().attempts.size() != log.attempts.size()) history_.violated("the log is another one after a restart");
}

std::string Simulation::trace() const {
    std::string text;
    for (const SendSeen& sent : history_.sends) {
        text += fmt::format("{} {} #{}{} {}\n", sent.began, describe(sent.key), sent.number, sent.manual ? "m" : "",
                            static_cast<int>(sent.end));
    }
    return text;
}

}  // namespace outpost::sim
