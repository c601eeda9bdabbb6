#include "ports/conformance/log_reader_suite.hpp"

#include <fmt/format.h>

namespace outpost::ports::conformance {

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LogReaderSuite);

// One a file of cases: referring to it is what makes the linker take the file.
void link_log_event_cases();
void link_log_attempt_cases();
void link_log_filter_cases();
void link_log_outcome_cases();
void link_log_paging_cases();

void link_log_reader_suite() {
    link_log_event_cases();
    link_log_attempt_cases();
    link_log_filter_cases();
    link_log_outcome_cases();
    link_log_paging_cases();
}

namespace {

std::optional<TenantId> tenant_of(const std::optional<std::string>& text) {
    if (!text) return std::nullopt;
    return TenantId(*text);
}

PageOfIds ids_of(const EventPage& page) {
    PageOfIds ids{.ids = {}, .links = page.links};
    for (const EventRecord& record : page.events) ids.ids.push_back(record.event->id.value);
    return ids;
}

PageOfIds ids_of(const AttemptPage& page) {
    PageOfIds ids{.ids = {}, .links = page.links};
    for (const AttemptRecord& record : page.attempts) ids.ids.push_back(record.attempt.id.value);
    return ids;
}

}  // namespace

Accepted LogReaderSuite::publish(EventShape shape, std::vector<model::DestinationKey> destinations) {
    std::vector<Acceptance> batch;
    batch.push_back(population_.acceptance(std::move(shape), std::move(destinations)));
    return publish_all(std::move(batch)).at(0);
}

std::vector<Accepted> LogReaderSuite::publish_all(std::vector<Acceptance> batch) {
    auto accepted = it().await(it().ledger().accept(std::move(batch), Deadline::never()));
    if (!accepted) throw std::runtime_error("accept: " + accepted.error().describe());
    return *std::move(accepted);
}

Settlement LogReaderSuite::settlement_of(const model::DeliveryKey& key, const Try& what, bool more) {
    RecordingSink& sink = it().sink_of(key.destination);
    if (!it().run_until([&] { return sink.holds(key); })) throw std::runtime_error("never offered");
    const model::Delivery& delivery = sink.held(key);
    Settlement settlement{.key = key,
                          .event = delivery.event,
                          .attempt = {.id = AttemptId(what.id),
                                      .number = delivery.attempts_settled + 1,
                                      .manual = delivery.manual || what.manual,
                                      .status = what.status,
                                      .time = what.time,
                                      .duration = Milliseconds(7),
                                      .code = what.code,
                                      .response_data = R"({"status":200})",
                                      .destination_type = what.type,
                                      .trace = what.trace}};
    if (more) settlement.next_due = now();
    sink.release_settled(key, settlement.attempt.number);
    return settlement;
}

void LogReaderSuite::settle(std::vector<Settlement> settlements) {
    const std::size_t shard = it().shards().owner_of(settlements.at(0).key.destination.destination);
    const auto settled = it().await(it().ledger().settle(std::move(settlements), Deadline::never()), shard);
    if (!settled) throw std::runtime_error("settle: " + settled.error().describe());
}

void LogReaderSuite::attempt(const model::DeliveryKey& key, const Try& what, bool more) {
    settle({settlement_of(key, what, more)});
}

void LogReaderSuite::attempt_all(const std::vector<std::pair<model::DeliveryKey, Try>>& all) {
    std::map<std::size_t, std::vector<Settlement>> by_shard;
    for (const auto& [key, what] : all)
        by_shard[it().shards().owner_of(key.destination.destination)].push_back(settlement_of(key, what, false));
    for (auto& [shard, settlements] : by_shard) settle(std::move(settlements));
}

Series LogReaderSuite::make_series(std::size_t count, TimePoint start) {
    Series series{.tenant = fmt::format("series-{}", count)};
    population_.tenant(TenantId(series.tenant));
    std::vector<Acceptance> batch;
    for (std::size_t index = 0; index < count; ++index) {
        EventShape shape{.id = EventId(fmt::format("{}-e{}", series.tenant, index)),
                         .tenant_id = TenantId(series.tenant),
                         .time = start + std::chrono::seconds(index)};
        series.events.push_back({.time = shape.time, .id = shape.id.value});
        series.attempts.push_back({.time = shape.time + 100ms, .id = fmt::format("{}-a{}", series.tenant, index)});
        const bool even = index % 2 == 0;
        if (even) series.even_events.push_back(series.events.back());
        if (even) series.even_attempts.push_back(series.attempts.back());
        batch.push_back(population_.acceptance(std::move(shape), {destination(even ? "even" : "odd", series.tenant)}));
    }
    if (batch.empty()) return series;
    const auto accepted = publish_all(std::move(batch));
    std::vector<std::pair<model::DeliveryKey, Try>> tries;
    for (std::size_t index = 0; index < accepted.size(); ++index)
        tries.emplace_back(model::DeliveryKey{accepted[index].event, accepted[index].destinations.at(0)},
                           Try{.id = series.attempts[index].id, .time = series.attempts[index].time});
    attempt_all(tries);
    return series;
}

Result<EventRecord> LogReaderSuite::find_event(std::optional<std::string> tenant, const std::string& id) {
    it().flush_log();
    return it().await(it().log().find_event(tenant_of(tenant), EventId(id), Deadline::never()));
}

Result<AttemptRecord> LogReaderSuite::find_attempt(std::optional<std::string> tenant, const std::string& id,
                                                   bool with_event) {
    it().flush_log();
    return it().await(it().log().find_attempt(tenant_of(tenant), AttemptId(id), with_event, Deadline::never()));
}

void LogReaderSuite::decide(const model::DeliveryKey& key, DecisionKind kind, const std::string& reason) {
    if (kind != DecisionKind::redeliver) {
        RecordingSink& sink = it().sink_of(key.destination);
        if (!it().run_until([&] { return sink.holds(key); })) throw std::runtime_error("never offered");
        sink.release(key);
    }
    std::vector<Decision> decisions{{.key = key, .kind = kind, .time = now(), .reason = reason}};
    const std::size_t shard = it().shards().owner_of(key.destination.destination);
    const auto decided = it().await(it().ledger().decide(std::move(decisions), Deadline::never()), shard);
    if (!decided) throw std::runtime_error("decide: " + decided.error().describe());
}

Outcomes LogReaderSuite::outcomes(const std::string& event_id) {
    auto event = find_event("t1", event_id);
    if (!event) throw std::runtime_error("find_event: " + event.error().describe());
    auto outcomes = it().await(it().log().outcomes(*std::move(event), Deadline::never()));
    if (!outcomes) throw std::runtime_error("outcomes: " + outcomes.error().describe());
    return *std::move(outcomes);
}

EventPage LogReaderSuite::events(EventQuery query) {
    it().flush_log();
    auto page = it().await(it().log().list_events(std::move(query), Deadline::never()));
    if (!page) throw std::runtime_error("list_events: " + page.error().describe());
    return *std::move(page);
}

AttemptPage LogReaderSuite::attempts(AttemptQuery query) {
    it().flush_log();
    auto page = it().await(it().log().list_attempts(std::move(query), Deadline::never()));
    if (!page) throw std::runtime_error("list_attempts: " + page.error().describe());
    return *std::move(page);
}

std::vector<std::string> LogReaderSuite::event_ids(EventQuery query) {
    query.page = {.limit = 1000, .direction = model::Direction::ascending};
    return ids_of(events(std::move(query))).ids;
}

std::vector<std::string> LogReaderSuite::attempt_ids(AttemptQuery query) {
    query.page = {.limit = 1000, .direction = model::Direction::ascending};
    return ids_of(attempts(std::move(query))).ids;
}

FetchPage LogReaderSuite::fetch_events(EventQuery filter) {
    return [this, filter](model::PageRequest request) {
        EventQuery query = filter;
        query.page = std::move(request);
        return ids_of(events(std::move(query)));
    };
}

FetchPage LogReaderSuite::fetch_attempts(AttemptQuery filter) {
    return [this, filter](model::PageRequest request) {
        AttemptQuery query = filter;
        query.page = std::move(request);
        return ids_of(attempts(std::move(query)));
    };
}

}  // namespace outpost::ports::conformance
