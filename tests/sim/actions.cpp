// What happens in a simulation: publishers, people, destinations, time and trouble.
#include "sim/simulation.hpp"

namespace outpost::sim {
namespace {

using ports::fakes::Reply;

constexpr std::size_t kDestinationsMax = 100;
constexpr std::size_t kFlood = 700;  // more than the head of a queue holds
constexpr auto kClientTimeout = std::chrono::seconds(10);
constexpr std::array<const char*, 3> kTopics = {"user.created", "user.deleted", "order.paid"};

model::Destination a_destination(TenantId tenant, DestinationId id, std::vector<std::string> topics, TimePoint now) {
    return {.id = std::move(id),
            .tenant_id = std::move(tenant),
            .type = "scripted",
            .topics = std::move(topics),
            .filter = {},
            .config = {},
            .credentials = {{"secret", "s3cret"}},
            .delivery_metadata = {},
            .metadata = {},
            .created_at = now,
            .updated_at = now,
            .disabled_at = std::nullopt};
}

}  // namespace

void Simulation::act() {
    struct Choice {
        double weight;
        std::string (Simulation::*action)();
    };
    constexpr std::array<Choice, 9> choices = {{
        {0.364, &Simulation::publish},
        {0.001, &Simulation::flood},
        {0.12, &Simulation::change_mood},
        {0.12, &Simulation::change_destination},
        {0.10, &Simulation::retry},
        {0.05, &Simulation::cancel},
        {0.15, &Simulation::pass_time},
        {0.01, &Simulation::jump},
        {0.05, &Simulation::change_faults},
    }};
    double left = dice_.fraction();
    for (const auto& [weight, action] : choices) {
        if (left < weight) return remember((this->*action)());
        left -= weight;
    }
    remember("crash");
    crash();
}

/// From within the executor, as all work of a TaskGroup: what begins from outside is posted by Asio, and throws through
/// run() when it is cancelled before its turn comes.
void Simulation::start(Task<void> work) {
    boost::asio::post(stage_.executor(), [this, life = history_.life, work = std::move(work)]() mutable {
        if (history_.life == life) life_->clients.start(std::move(work));
    });
}

TenantId Simulation::random_tenant() {
    return TenantId(fmt::format("t{}", 1 + dice_.below(3)));
}

DestinationId Simulation::random_destination(const TenantId&) {
    return DestinationId(fmt::format("d{}", 1 + dice_.below(4)));
}

const AcceptSeen* Simulation::random_accepted() {
    if (history_.accepts.empty()) return nullptr;
    const AcceptSeen& accept = history_.accepts[dice_.below(history_.accepts.size())];
    const bool usable = accept.certainty == Certainty::stored && !accept.accepted.destinations.empty();
    return usable ? &accept : nullptr;
}

pipeline::Publication Simulation::random_publication() {
    pipeline::Publication publication;
    publication.tenant_id = dice_.roll(0.03) ? TenantId("nobody") : random_tenant();
    publication.topic = kTopics[dice_.below(kTopics.size())];
    publication.eligible_for_retry = dice_.roll(0.9);
    publication.data = Bytes(R"({"n":1})");
    if (dice_.roll(0.1)) publication.destination_id = random_destination(publication.tenant_id);
    if (dice_.roll(0.2)) {
        const auto off = Milliseconds(static_cast<std::int64_t>(dice_.below(6 * 24 * 3'600'000)));
        publication.time = stage_.clock().now() + off - std::chrono::days(3);
    }
    if (dice_.roll(0.5)) {
        if (chosen_ids_.empty() || dice_.roll(0.6))
            chosen_ids_.push_back(EventId(fmt::format("e{}", chosen_ids_.size())));
        publication.id = chosen_ids_[dice_.roll(0.5) ? chosen_ids_.size() - 1 : dice_.below(chosen_ids_.size())];
    }
    return publication;
}

std::string Simulation::publish() {
    pipeline::Publication publication = random_publication();
    std::string text = fmt::format("publish {} of {} to '{}' ({})", publication.id.value, publication.tenant_id.value,
                                   publication.destination_id.value, publication.topic);
    const Deadline deadline = Deadline::after(stage_.clock(), kClientTimeout);
    start(publish_one(std::move(publication), deadline, dice_.below(stage_.shards().size())));
    return text;
}

std::string Simulation::flood() {
    if (std::exchange(flooded_, true)) return publish();
    const TenantId tenant = random_tenant();
    for (std::size_t i = 0; i < kFlood; ++i) {
        pipeline::Publication publication;
        publication.tenant_id = tenant;
        publication.topic = kTopics[0];
        publication.data = Bytes("{}");
        start(publish_one(std::move(publication), Deadline::never(), 0));
    }
    return fmt::format("publish {} of {}", kFlood, tenant.value);
}

Task<void> Simulation::publish_one(pipeline::Publication publication, Deadline deadline, std::size_t shard) {
    (void)co_await life_->process.publish(shard).publish(std::move(publication), deadline);  // the witness saw it all
}

std::string Simulation::change_mood() {
    const DestinationId id = random_destination({});
    const std::vector<std::pair<std::string, Reply>> moods = {
        {"well", Reply::success()},
        {"well", Reply::success()},
        {"failing", Reply::failure()},
        {"slow", Reply::success().after(Milliseconds(static_cast<std::int64_t>(dice_.below(4000))))},
        {"slow and failing", Reply::failure("503").after(2s)},
        {"hanging", Reply::success().after(1h)},
        {"asking to wait", Reply::failure("429").asks_to_wait(5min)},
        {"gone for good", Reply::failure("410").permanently()},
        {"throwing", Reply::exception()},
        {"cut off by us", Reply::our_fault()},
    };
    const auto& [name, reply] = moods[dice_.below(moods.size())];
    if (dice_.roll(0.4)) {
        const std::size_t times = 1 + dice_.below(4);
        script_.next(id, reply, times);
        return fmt::format("every {} is {} for {} sends", id.value, name, times);
    }
    script_.always(id, reply);
    return fmt::format("every {} is {}", id.value, name);
}

std::string Simulation::change_destination() {
    const TenantId tenant = random_tenant();
    const DestinationId id = random_destination(tenant);
    const auto named = [&](std::string_view what) { return fmt::format("{} {} of {}", what, id.value, tenant.value); };
    switch (dice_.below(6)) {
        case 0: start(remove(tenant, id)); return named("delete");
        case 1: start(update(tenant, id, true)); return named("disable");
        case 2:
        case 3: start(update(tenant, id, false)); return named("enable");
        default: {
            std::vector<std::string> topics{dice_.roll(0.7) ? "*" : kTopics[dice_.below(kTopics.size())]};
            start(create(tenant, id, std::move(topics)));
            return named("create");
        }
    }
}

Task<void> Simulation::create(TenantId tenant, DestinationId id, std::vector<std::string> topics) {
    ports::TenantStore& store = backing_->tenants();
    const TimePoint now = stage_.clock().now();
    (void)co_await store.upsert_tenant(tenant, {}, now, Deadline::never());
    auto created = a_destination(tenant, id, std::move(topics), now);
    std::size_t& armings = history_.armings[{tenant, id}];
    ++armings;  // whatever becomes of the answer
    const auto done = co_await store.create_destination(std::move(created), kDestinationsMax, Deadline::never());
    if (!done && done.error().code() == Errc::conflict) --armings;
}

Task<void> Simulation::remove(TenantId tenant, DestinationId id) {
    ++history_.armings[{tenant, id}];  // what fails from then on counts for nothing
    (void)co_await backing_->tenants().delete_destination(tenant, id, stage_.clock().now(), Deadline::never());
}

Task<void> Simulation::update(TenantId tenant, DestinationId id, bool disabled) {
    ports::TenantStore& store = backing_->tenants();
    auto stored = co_await store.get_destination(tenant, id, Deadline::never());
    if (!stored) co_return;
    const TimePoint now = stage_.clock().now();
    stored->destination.updated_at = now;
    if (!disabled && stored->destination.disabled_at) ++history_.armings[{tenant, id}];
    stored->destination.disabled_at = disabled ? std::optional(now) : std::nullopt;
    (void)co_await store.update_destination(stored->destination, stored->version, Deadline::never());
}

std::string Simulation::retry() {
    const AcceptSeen* accept = random_accepted();
    if (accept == nullptr) return "retry nothing";
    const TenantId tenant = accept->event->tenant_id;
    const EventId event = accept->event->id;
    const DestinationId destination = random_destination(tenant);
    history_.retries.push_back(
        {.tenant_id = tenant, .event_id = event, .destination_id = destination, .key = {}, .began = history_.now()});
    start(retry_one(tenant, event, destination, history_.retries.size() - 1));
    return fmt::format("retry {} of {} for {}", event.value, tenant.value, destination.value);
}

Task<void> Simulation::retry_one(TenantId tenant, EventId event, DestinationId destination, std::size_t request) {
    const std::size_t life = history_.life;
    const Deadline deadline = Deadline::after(stage_.clock(), kClientTimeout);
    const auto answer = co_await life_->process.redeliver(0).retry(tenant, event, destination, deadline);
    if (history_.life != life) co_return;
    history_.retries[request].granted = answer.has_value();
    history_.retries[request].ended = history_.now();
}

std::string Simulation::cancel() {
    const AcceptSeen* accept = random_accepted();
    if (accept == nullptr) return "cancel nothing";
    const auto& destinations = accept->accepted.destinations;
    const model::DeliveryKey key{accept->accepted.event, destinations[dice_.below(destinations.size())]};
    history_.cancels.push_back({.tenant_id = accept->event->tenant_id,
                                .event_id = accept->event->id,
                                .destination_id = {},
                                .key = key,
                                .began = history_.now()});
    start(cancel_one(key, history_.cancels.size() - 1));
    return fmt::format("cancel {}", describe(key));
}

Task<void> Simulation::cancel_one(model::DeliveryKey key, std::size_t request) {
    const std::size_t life = history_.life;
    const auto answer = co_await life_->process.cancel(key, Deadline::after(stage_.clock(), kClientTimeout));
    if (history_.life != life) co_return;
    history_.cancels[request].granted = answer.has_value();
    history_.cancels[request].ended = history_.now();
}

std::string Simulation::pass_time() {
    constexpr std::array<std::int64_t, 4> longest_ms = {10, 1000, 60'000, 900'000};
    const auto bound = static_cast<std::uint64_t>(longest_ms[dice_.below(longest_ms.size())]);
    const Milliseconds by(static_cast<std::int64_t>(1 + dice_.below(bound)));
    stage_.advance(by);
    return fmt::format("{} ms pass", by.count());
}

std::string Simulation::jump() {
    constexpr std::array<Milliseconds, 8> jumps = {1h, -1h, 1min, -1min, 24h, -24h, 10 * 365 * 24h, -100ms};
    jumped_ = true;
    const Milliseconds by = jumps[dice_.below(jumps.size())];
    jumped_by_ += std::chrono::abs(by);
    stage_.clock().jump(by);
    return fmt::format("the wall clock jumps by {} ms", by.count());
}

std::string Simulation::change_faults() {
    if (backing_->has_disk() && dice_.roll(0.5)) return backing_->change_disk();
    ports::fakes::FaultyLedger& ledger = life_->faulty;
    history_.ledger_has_faults = false;
    switch (dice_.below(5)) {
        case 0: ledger.go_down("the disk is full"); return "the ledger is down";
        case 1:
        case 2: ledger.heal(); return "the ledger is well";
        default: {
            ledger.heal();
            const ports::fakes::LedgerFaultRates rates{.fail = dice_.fraction() / 4,
                                                       .delay = dice_.fraction() / 4,
                                                       .answer_late = dice_.fraction() / 4,
                                                       .lose_reply = dice_.fraction() / 4};
            ledger.set_delay(Milliseconds(static_cast<std::int64_t>(dice_.below(3000))));
            ledger.at_rates(rates, dice_.next());
            history_.ledger_has_faults = true;
            return "the ledger has faults";
        }
    }
}

}  // namespace outpost::sim
