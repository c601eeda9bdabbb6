// Lists and look-ups over random logs — open, finished and sealed segments, restarts in between — against a naive
// model.
#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/read/attempt_reads.hpp"
#include "backends/embedded/read/event_reads.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

template <class Value, class List>
bool allows(const List& list, const Value& value) {
    return list.empty() || std::ranges::find(list, value) != list.end();
}

DestinationId destination_id(const model::DestinationKey& key) {
    return DestinationId(fmt::format("d{}", key.destination % 10));
}

class ListModel : public testing::TestWithParam<std::uint64_t> {
protected:
    void grow() {
        for (std::uint64_t count = random.below(40); count > 0; --count) world.append(random.next(world.next_place()));
        if (random.below(3) == 0) world.begin_segment();
        const std::uint32_t some = static_cast<std::uint32_t>(1 + random.below(world.number));
        const auto list = world.segments.list();
        if (some < world.number && !SegmentDirectory::find(*list, some)->sealed()) world.seal(some);
        if (random.below(6) == 0) world.restart();
    }

    // ---- questions

    template <class IdType>
    std::vector<IdType> some(const std::string& prefix, std::uint64_t last) {
        std::vector<IdType> ids;
        for (std::uint64_t count = random.below(3); count > 0; --count) {
            ids.push_back(IdType(fmt::format("{}{}", prefix, 1 + random.below(last))));
        }
        return ids;
    }
    template <class Query>
    void restrict(Query& query, const std::string& id_prefix) {
        if (random.below(2) == 0) query.tenants = some<TenantId>("t", 4);  // t4 does not exist
        if (random.below(3) == 0) query.destinations = some<DestinationId>("d", 4);
        if (random.below(4) == 0) query.topics = {random.below(2) == 0 ? "user.created" : "user.deleted"};
        if (random.below(5) == 0) query.topics.push_back("unknown");
        if (random.below(3) == 0) query.time.at_or_after = random.a_time();
        if (random.below(4) == 0) query.time.after = random.a_time();
        if (random.below(3) == 0) query.time.at_or_before = random.a_time();
        if (random.below(4) == 0) query.time.before = random.a_time();
        query.page.limit = 1 + random.below(random.below(4) == 0 ? 200 : 8);
        query.page.direction = random.below(2) == 0 ? model::Direction::ascending : model::Direction::descending;
        model::Position position{random.a_time(), fmt::format("{}{}", id_prefix, random.below(200))};
        if (!world.rows.empty() && random.below(2) == 0) position = position_of_some_row();
        if (random.below(3) == 0) query.page.after = position;
        else if (random.below(3) == 0) query.page.before = position;
    }

    /// Of an event or attempt that is there, as cursors are.
    model::Position position_of_some_row() {
        const auto offset = static_cast<std::ptrdiff_t>(random.below(world.rows.size()));
        const Row& row = std::next(world.rows.begin(), offset)->second;
        if (const auto* event = std::get_if<ports::Acceptance>(&row))
            return {event->event->time, event->event->id.value};
        if (const auto* attempt = std::get_if<ports::Settlement>(&row)) {
            return {attempt->attempt.time, attempt->attempt.id.value};
        }
        return {kNow, "e1"};
    }

    // ---- what must come

    template <class RowKindWanted>
    void for_each(auto visit) {
        for (const auto& [place, row] : world.rows) {
            if (const auto* wanted = std::get_if<RowKindWanted>(&row)) visit(place, *wanted);
        }
    }
    NaivePage expected(const ports::EventQuery& query) {
        std::vector<model::Position> fitting;
        for_each<ports::Acceptance>([&](model::EventRef, const ports::Acceptance& row) {
            const model::Event& event = *row.event;
            const bool to_any =
                query.destinations.empty() || std::ranges::any_of(row.destinations, [&](const auto& key) {
                    return allows(query.destinations, destination_id(key));
                });
            if (to_any && allows(query.tenants, event.tenant_id) && allows(query.ids, event.id) &&
                allows(query.topics, event.topic) && query.time.contains(event.time)) {
                fitting.push_back({event.time, event.id.value});
            }
        });
        return {std::move(fitting), query.page};
    }
    NaivePage expected(const ports::AttemptQuery& query) {
        std::vector<model::Position> fitting;
        for_each<ports::Settlement>([&](model::EventRef, const ports::Settlement& row) {
            if (allows(query.tenants, row.event->tenant_id) && allows(query.events, row.event->id) &&
                allows(query.topics, row.event->topic) &&
                allows(query.destinations, destination_id(row.key.destination)) &&
                allows(query.destination_types, row.attempt.destination_type) &&
                (!query.status || *query.status == model::to_string(row.attempt.status)) &&
                query.time.contains(row.attempt.time)) {
                fitting.push_back({row.attempt.time, row.attempt.id.value});
            }
        });
        return {std::move(fitting), query.page};
    }

    void check_events() {
        ports::EventQuery query;
        restrict(query, "e");
        if (random.below(4) == 0) query.ids = some<EventId>("e", 60);
        if (random.below(6) == 0) query.ids.push_back(EventId("e7"));
        const NaivePage must = expected(query);
        const auto page = list_events(*world.session, query);
        ASSERT_TRUE(page.has_value()) << page.error().describe();
        std::vector<model::Position> found;
        for (const ports::EventRecord& record : page->events) {
            found.push_back({record.event->time, record.event->id.value});
            const auto& original = std::get<ports::Acceptance>(world.rows.at(record.ref));
            EXPECT_EQ(record.event->id, original.event->id);
            EXPECT_EQ(record.event->tenant_id, original.event->tenant_id);
            EXPECT_EQ(record.event->topic, original.event->topic);
            EXPECT_EQ(record.matched, original.destinations);
            EXPECT_EQ(record.matched_destination_ids.size(), original.destinations.size());
        }
        ASSERT_EQ(found, must.rows);
        ASSERT_EQ(page->links.next, must.links.next);
        ASSERT_EQ(page->links.previous, must.links.previous);
    }
    void check_attempts() {
        ports::AttemptQuery query;
        restrict(query, "a");
        if (random.below(3) == 0) query.events = some<EventId>("e", 60);
        if (random.below(4) == 0) query.destination_types = {random.below(3) == 0 ? "other" : "kafka"};
        if (random.below(3) == 0) query.status = random.below(2) == 0 ? "success" : "failed";
        if (random.below(20) == 0) query.status = "unknown";
        query.with_event = random.below(2) == 0;
        const NaivePage must = expected(query);
        const auto page = list_attempts(*world.session, query);
        ASSERT_TRUE(page.has_value()) << page.error().describe();
        std::vector<model::Position> found;
        for (const ports::AttemptRecord& record : page->attempts) {
            found.push_back({record.attempt.time, record.attempt.id.value});
            const auto& event = std::get<ports::Acceptance>(world.rows.at(record.event_ref)).event;
            EXPECT_EQ(record.event_id, event->id);
            EXPECT_EQ(record.tenant_id, event->tenant_id);
            EXPECT_EQ(record.event != nullptr, query.with_event);
            if (record.event != nullptr) EXPECT_EQ(record.event->id, event->id);
        }
        ASSERT_EQ(found, must.rows);
        ASSERT_EQ(page->links.next, must.links.next);
        ASSERT_EQ(page->links.previous, must.links.previous);
    }
    void check_find_event() {
        const EventId id(fmt::format("e{}", random.below(4) == 0 ? 7 : random.below(200)));
        std::optional<TenantId> tenant;
        if (random.below(2) == 0) tenant = TenantId(fmt::format("t{}", 1 + random.below(4)));
        std::optional<model::EventRef> newest;
        for_each<ports::Acceptance>([&](model::EventRef place, const ports::Acceptance& row) {
            if (row.event->id == id && (!tenant || row.event->tenant_id == *tenant)) newest = place;
        });
        const auto found = find_event(*world.session, tenant, id);
        ASSERT_EQ(found.has_value(), newest.has_value());
        if (found) EXPECT_EQ(found->ref, *newest);
        else EXPECT_EQ(found.error().code(), Errc::not_found);
    }
    void check_find_attempt() {
        const AttemptId id(fmt::format("a{}", random.below(150)));
        std::optional<TenantId> tenant;
        if (random.below(2) == 0) tenant = TenantId(fmt::format("t{}", 1 + random.below(4)));
        const ports::Settlement* known = nullptr;
        for_each<ports::Settlement>([&](model::EventRef, const ports::Settlement& row) {
            if (row.attempt.id == id && (!tenant || row.event->tenant_id == *tenant)) known = &row;
        });
        const auto found = find_attempt(*world.session, tenant, id, true);
        ASSERT_EQ(found.has_value(), known != nullptr);
        if (!found) return;
        EXPECT_EQ(found->attempt.number, known->attempt.number);
        EXPECT_EQ(found->attempt.manual, known->attempt.manual);
        EXPECT_EQ(found->attempt.status, known->attempt.status);
        EXPECT_EQ(found->attempt.response_data, known->attempt.response_data);
        EXPECT_EQ(found->destination_id, destination_id(known->key.destination));
        EXPECT_EQ(found->event->id, known->event->id);
    }
    void check_last_number() {
        std::map<model::DeliveryKey, std::uint32_t> last;
        for_each<ports::Settlement>([&](model::EventRef, const ports::Settlement& row) {
            last[row.key] = std::max(last[row.key], row.attempt.number);
        });
        for_each<DecisionRow>([&](model::EventRef, const DecisionRow& row) {  // they say how many there were so far
            const auto known = last.find(row.decision.key);
            if (known != last.end()) known->second = std::max(known->second, row.attempts);
        });
        for (const auto& [key, number] : last) {
            if (random.below(10) == 0) ASSERT_EQ(last_attempt_number(*world.session, key), number);
        }
        EXPECT_EQ(last_attempt_number(*world.session, {{1, 0}, {1, 99, 1}}), 0U);
    }

    ReadWorld world;
    RandomRows random{GetParam()};
};

TEST_P(ListModel, AnswersAsANaiveSearchWould) {
    for (int round = 0; round < 12 && !HasFatalFailure(); ++round) {
        grow();
        for (int question = 0; question < 25 && !HasFatalFailure(); ++question) {
            check_events();
            check_attempts();
            check_find_event();
            check_find_attempt();
        }
        check_last_number();
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ListModel, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace outpost::embedded
