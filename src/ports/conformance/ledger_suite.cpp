#include "ports/conformance/ledger_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LedgerSuite);

// One a file of cases: referring to it is what makes the linker take the file.
void link_ledger_accept_cases();
void link_ledger_duplicate_cases();
void link_ledger_settle_cases();
void link_ledger_offer_cases();
void link_ledger_race_cases();
void link_ledger_restart_cases();
void link_ledger_long_run_cases();

void link_ledger_suite() {
    link_ledger_accept_cases();
    link_ledger_duplicate_cases();
    link_ledger_settle_cases();
    link_ledger_offer_cases();
    link_ledger_race_cases();
    link_ledger_restart_cases();
    link_ledger_long_run_cases();
}

std::vector<Accepted> LedgerSuite::accept_all(std::vector<Acceptance> batch) {
    auto accepted = it().await(ledger().accept(std::move(batch), Deadline::never()));
    if (!accepted) throw std::runtime_error("accept: " + accepted.error().describe());
    return *std::move(accepted);
}

Accepted LedgerSuite::accept(std::string id, std::vector<model::DestinationKey> destinations) {
    std::vector<Acceptance> batch;
    batch.push_back(population_.acceptance({.id = EventId(std::move(id))}, std::move(destinations)));
    return accept_all(std::move(batch)).at(0);
}

model::DeliveryKey LedgerSuite::held_delivery(std::string id, model::DestinationKey destination) {
    const Accepted accepted = accept(std::move(id), {destination});
    const model::DeliveryKey key{accepted.event, destination};
    EXPECT_TRUE(comes(key));
    return key;
}

model::DeliveryKey LedgerSuite::waiting_delivery(std::string id, Milliseconds wait) {
    const auto key = held_delivery(std::move(id), one());
    settle(key, {.status = model::AttemptStatus::failed, .next_due = now() + wait});
    EXPECT_TRUE(stays_away(key));
    return key;
}

model::DeliveryKey LedgerSuite::refused_delivery(std::string id) {
    RecordingSink& full = it().sink_of(one());
    full.set_capacity(0);
    const std::size_t refused = full.refused_count();
    const Accepted accepted = accept(std::move(id), {one()});
    EXPECT_TRUE(it().run_until([&] { return full.refused_count() > refused; }));
    return {accepted.event, one()};
}

void LedgerSuite::demand_all(const model::DeliveryKey& key) {
    sink(key).set_capacity(std::numeric_limits<std::size_t>::max());
    ledger().demand(key.destination);
}

bool LedgerSuite::comes(const model::DeliveryKey& key) {
    return it().run_until([&] { return is_held(key); });
}

bool LedgerSuite::stays_away(const model::DeliveryKey& key) {
    it().run();
    return !is_held(key);
}

Settlement LedgerSuite::settlement_of(const model::DeliveryKey& key, Ended ended) {
    const model::Delivery& delivery = held(key);
    const bool good = ended.status == model::AttemptStatus::success;
    return {.key = key,
            .event = delivery.event,
            .attempt = {.id = AttemptId(fmt::format("att-{}", ++last_attempt_)),
                        .number = delivery.attempts_settled + 1,
                        .manual = delivery.manual,
                        .status = ended.status,
                        .time = now(),
                        .duration = Milliseconds(12),
                        .code = good ? "200" : "503",
                        .response_data = R"({"body":"x"})",
                        .destination_type = "webhook"},
            .next_due = ended.next_due,
            .next_manual = ended.next_manual};
}

Settlement LedgerSuite::settle(const model::DeliveryKey& key, Ended ended) {
    Settlement settlement = settlement_of(key, ended);
    settle_all({settlement});
    return settlement;
}

void LedgerSuite::settle_all(std::vector<Settlement> settlements) {
    for (const Settlement& settlement : settlements)
        sink(settlement.key).release_settled(settlement.key, settlement.attempt.number);
    const std::size_t shard = it().shards().owner_of(settlements.at(0).key.destination.destination);
    const auto settled = it().await(ledger().settle(std::move(settlements), Deadline::never()), shard);
    if (!settled) throw std::runtime_error("settle: " + settled.error().describe());
}

Result<void> LedgerSuite::decide(const model::DeliveryKey& key, DecisionKind kind) {
    std::vector<Decision> decisions{{.key = key, .kind = kind, .time = now(), .reason = "requested"}};
    const std::size_t shard = it().shards().owner_of(key.destination.destination);
    return it().await(ledger().decide(std::move(decisions), Deadline::never()), shard);
}

void LedgerSuite::close(const model::DeliveryKey& key, DecisionKind kind) {
    sink(key).release(key);
    const auto decided = decide(key, kind);
    EXPECT_TRUE(decided.has_value()) << decided.error().describe();
}

void LedgerSuite::redeliver(const model::DeliveryKey& key) {
    const auto decided = decide(key, DecisionKind::redeliver);
    EXPECT_TRUE(decided.has_value()) << decided.error().describe();
}

void LedgerSuite::postpone(const model::DeliveryKey& key, TimePoint until) {
    model::Delivery delivery = held(key);
    sink(key).release(key);
    ledger().postpone(std::move(delivery), until);
}

std::vector<AttemptRecord> LedgerSuite::logged(const std::string& event_id) {
    it().flush_log();
    AttemptQuery query{.tenants = {TenantId("t1")}, .events = {EventId(event_id)}};
    query.page = {.limit = 1000, .direction = model::Direction::ascending};
    auto page = it().await(it().log().list_attempts(std::move(query), Deadline::never()));
    if (!page) throw std::runtime_error("list_attempts: " + page.error().describe());
    return std::move(page->attempts);
}

std::vector<std::uint32_t> LedgerSuite::logged_numbers(const std::string& event_id) {
    std::vector<std::uint32_t> numbers;
    for (const AttemptRecord& record : logged(event_id)) numbers.push_back(record.attempt.number);
    return numbers;
}

bool LedgerSuite::depth_becomes(std::uint64_t open) {
    it().run_until([&] { return ledger().depth().open == open; });
    EXPECT_EQ(ledger().depth().open, open);
    return ledger().depth().open == open;
}

void LedgerSuite::restart() {
    it().run();
    it().restart();
    it().run();
    if (it().recovery_time() > Milliseconds(0)) it().advance(it().recovery_time());
}

}  // namespace outpost::ports::conformance
