// Lists and look-ups over random logs — open, finished, sealed and removed segments, late and carried events, restarts
// in between — against a naive model.
#include "backends/embedded/fakes/read_world.hpp"
#include "backends/embedded/read/attempt_lists.hpp"
#include "backends/embedded/read/event_lists.hpp"
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
        for (std::uint64_t count = random.below(40); count > 0; --count) append(random.next(world.next_place()));
        if (random.below(3) == 0) world.begin_segment();
        const std::uint32_t some = static_cast<std::uint32_t>(1 + random.below(world.number));
        const SegmentPtr segment = SegmentDirectory::find(*world.segments.list(), some);
        if (segment != nullptr && some < world.number && !segment->sealed()) world.seal(some);
        if (random.below(6) == 0) world.restart();
        if (random.below(3) == 0) carry_oldest();
        if (random.below(4) == 0) remove_oldest();
    }
    /// Some events are late: by some hours, as with a wrong time zone, or by ages.
    void append(Row row) {
        if (auto* acceptance = std::get_if<ports::Acceptance>(&row); acceptance != nullptr && random.below(4) == 0) {
            model::Event event = *acceptance->event;
            event.time = a_late_time();
            acceptance->event = std::make_shared<const model::Event>(std::move(event));
        }
        if (const auto* acceptance = std::get_if<ports::Acceptance>(&row)) {
            accepted.emplace(world.next_place(), *acceptance);
        }
        world.append(row);
    }
    TimePoint a_late_time() {
        constexpr std::chrono::hours kFar[] = {-600'000h, -20'000h, -2h, 2h, 9h, 2'000'000h};
        return kNow + kFar[random.below(std::size(kFar))] + Milliseconds(random.below(3));
    }
    TimePoint a_time() { return random.below(5) == 0 ? a_late_time() : random.a_time(); }

    /// As retention does it: every event, whether first or copy, before the segment goes.
    void carry_oldest() {
        const std::uint32_t oldest = world.segments.list()->front()->number;
        if (oldest == world.number) return;
        std::vector<model::EventRef> there;
        for (const auto& [place, row] : world.rows) {
            if (place.segment == oldest && std::holds_alternative<ports::Acceptance>(row)) there.push_back(place);
        }
        for (const auto& [place, copy] : world.copies) {
            if (place.segment == oldest) there.push_back(place);
        }
        for (const model::EventRef place : there) world.carry(place);
    }
    void remove_oldest() {
        const auto list = world.segments.list();
        if (list->size() < 3 || !list->front()->sealed()) return;
        carry_oldest();
        world.remove(list->front()->number);
    }
    /// The events that answers show, by where they were accepted.
    std::map<model::EventRef, ports::Acceptance> events() {
        std::map<model::EventRef, ports::Acceptance> all = world.shown_copies();
        for (const auto& [place, row] : world.rows) {
            if (const auto* event = std::get_if<ports::Acceptance>(&row)) all.emplace(place, *event);
        }
        return all;
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
        if (random.below(3) == 0) query.time.at_or_after = a_time();
        if (random.below(4) == 0) query.time.after = a_time();
        if (random.below(3) == 0) query.time.at_or_before = a_time();
        if (random.below(4) == 0) query.time.before = a_time();
        query.page.limit = 1 + random.below(random.below(4) == 0 ? 200 : 8);
        query.page.direction = random.below(2) == 0 ? model::Direction::ascending : model::Direction::descending;
        model::Position position{a_time(), fmt::format("{}{}", id_prefix, random.below(200))};
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
    /// What the facts that are there say of each delivery.
    std::map<model::DeliveryKey, ports::OutcomeFold> folds() {
        std::map<model::DeliveryKey, ports::OutcomeFold> all;
        for (const auto& [place, row] : world.rows) {
            if (const auto* attempt = std::get_if<ports::Settlement>(&row)) {
                all[attempt->key].attempted(attempt->attempt, attempt->next_due.has_value());
            }
            if (const auto* decision = std::get_if<DecisionRow>(&row)) {
                all[decision->decision.key].decided(decision->decision, decision->attempts);
            }
        }
        return all;
    }
    bool has_outcome(const ports::EventQuery& query, model::EventRef ref, const ports::Acceptance& event) {
        if (query.outcomes.empty()) return true;
        const auto all = folds();
        return std::ranges::any_of(event.destinations, [&](const model::DestinationKey& key) {
            if (!allows(query.destinations, destination_id(key))) return false;
            const auto fold = all.find({ref, key});
            const auto outcome = fold == all.end() ? std::nullopt : fold->second.outcome({});
            return allows(query.outcomes, outcome ? std::optional(outcome->state) : std::nullopt);
        });
    }
    static bool has_payload(const model::EventConditions& conditions, const model::Event& event) {
        const std::string_view data = event.data.view();
        if (!event.id.value.contains(conditions.text) && !event.topic.contains(conditions.text) &&
            !data.contains(conditions.text)) {
            return false;
        }
        return std::ranges::all_of(conditions.data, [&](const model::DataCondition& condition) {
            return std::ranges::any_of(condition.values, [&](const std::string& value) {
                return data.contains(condition.path == "n" ? fmt::format(R"("n":{},)", value)
                                                           : fmt::format(R"("word":"{}")", value));
            });
        });
    }
    NaivePage expected(const ports::EventQuery& query) {
        std::vector<model::Position> fitting;
        for (const auto& [place, row] : events()) {
            const model::Event& event = *row.event;
            const bool to_any =
                query.destinations.empty() || std::ranges::any_of(row.destinations, [&](const auto& key) {
                    return allows(query.destinations, destination_id(key));
                });
            if (to_any && allows(query.tenants, event.tenant_id) && allows(query.ids, event.id) &&
                allows(query.topics, event.topic) && query.time.contains(event.time) &&
                has_payload(query.conditions, event) && has_outcome(query, place, row)) {
                fitting.push_back({event.time, event.id.value});
            }
        }
        return {std::move(fitting), query.page};
    }
    static bool fits(const model::AttemptConditions& conditions, const model::Attempt& attempt) {
        const bool covered = std::ranges::any_of(conditions.code_classes, [&](const model::CodeClass& some) {
            return some.covers(attempt.status, attempt.code);
        });
        return allows(conditions.codes, attempt.code) && (conditions.code_classes.empty() || covered) &&
               conditions.manual.value_or(attempt.manual) == attempt.manual &&
               attempt.number >= conditions.number_min && attempt.number <= conditions.number_max;
    }
    NaivePage expected(const ports::AttemptQuery& query) {
        std::vector<model::Position> fitting;
        for_each<ports::Settlement>([&](model::EventRef, const ports::Settlement& row) {
            if (allows(query.tenants, row.event->tenant_id) && allows(query.events, row.event->id) &&
                allows(query.topics, row.event->topic) &&
                allows(query.destinations, destination_id(row.key.destination)) &&
                allows(query.destination_types, row.attempt.destination_type) &&
                (!query.status || *query.status == model::to_string(row.attempt.status)) &&
                query.time.contains(row.attempt.time) && fits(query.conditions, row.attempt)) {
                fitting.push_back({row.attempt.time, row.attempt.id.value});
            }
        });
        return {std::move(fitting), query.page};
    }

    /// Few rows a step and a call, so that steps and limits are met.
    ScanLimits some_limits() {
        return {.rows_max = 1 + random.below(400),
                .bytes_max = 1 + random.below(20'000),
                .step_rows = 1 + random.below(50),
                .first_step_rows = 1 + random.below(9)};
    }
    void condition(ports::EventQuery& query) {
        if (random.below(3) == 0) query.conditions.text = random.below(2) == 0 ? "w1" : "e1";
        if (random.below(4) == 0) query.conditions.data.push_back({"n", {"0", "2"}});
        if (random.below(4) == 0) query.conditions.data.push_back({"in.word", {"w3", "w4"}});
        using enum ports::OutcomeState;
        if (random.below(3) == 0) query.outcomes.push_back(random.below(2) == 0 ? delivered : retrying);
        if (random.below(5) == 0) query.outcomes.push_back(random.below(2) == 0 ? skipped : cancelled);
        if (random.below(5) == 0) query.outcomes.push_back(std::nullopt);
    }
    void condition(ports::AttemptQuery& query) {
        model::AttemptConditions& conditions = query.conditions;
        if (random.below(4) == 0) conditions.codes = {"503", "200"};
        if (random.below(4) == 0) conditions.code_classes.push_back(*model::CodeClass::parse("timeout"));
        if (random.below(4) == 0) conditions.code_classes.push_back(*model::CodeClass::parse("2xx"));
        if (random.below(4) == 0) conditions.manual = random.below(2) == 0;
        if (random.below(4) == 0) conditions.number_min = 2;
        if (random.below(4) == 0) conditions.number_max = 3;
    }

    /// A whole list, page after page as its links lead: limits may shorten a page, and lose nothing.
    void check_walk(auto query, auto list, auto position_of) {
        query.page.after = query.page.before = std::nullopt;
        query.page.limit = 1'000'000;
        query.with_count = true;
        NaivePage must = expected(query);
        const std::size_t rows_with_twins = must.rows.size();
        drop_twins(must.rows);
        query.page.limit = 1 + random.below(20);
        const bool back = random.below(2) == 0;
        if (back) query.page.before = a_far_position(query.page.direction);
        const ScanLimits limits = some_limits();
        std::vector<model::Position> found;
        for (int pages = 0;; ++pages) {
            ASSERT_LT(pages, 5'000) << "it does not end";
            const auto page = list(*world.session, query, limits);
            ASSERT_TRUE(page.has_value()) << page.error().describe();
            const model::RowCount count = page->count.value_or(model::RowCount{.rows = 0, .exact = false});
            ASSERT_LE(count.rows, rows_with_twins);
            if (count.exact) ASSERT_GE(count.rows, must.rows.size());
            query.with_count = false;
            std::vector<model::Position> rows;
            for (const auto& record : position_of(*page)) rows.push_back(record);
            found.insert(back ? found.begin() : found.end(), rows.begin(), rows.end());
            const auto& onward = back ? page->links.previous : page->links.next;
            if (!onward) break;
            (back ? query.page.before : query.page.after) = onward;
        }
        drop_twins(found);
        ASSERT_EQ(found, must.rows);
    }
    /// Of events with the same id at the same time, a cursor between them loses all but one (api.md §4.5).
    static void drop_twins(std::vector<model::Position>& rows) {
        const auto twins = std::ranges::unique(rows);
        rows.erase(twins.begin(), twins.end());
    }
    /// Behind the last row.
    static model::Position a_far_position(model::Direction direction) {
        const auto far = std::chrono::hours(2'100'000);
        return {direction == model::Direction::ascending ? kNow + far : kNow - far, ""};
    }
    static std::vector<model::Position> positions_of(const ports::EventPage& page) {
        std::vector<model::Position> positions;
        for (const auto& record : page.events) positions.push_back({record.event->time, record.event->id.value});
        return positions;
    }
    static std::vector<model::Position> positions_of(const ports::AttemptPage& page) {
        std::vector<model::Position> positions;
        for (const auto& record : page.attempts) positions.push_back({record.attempt.time, record.attempt.id.value});
        return positions;
    }
    void check_walks() {
        ports::EventQuery events;
        restrict(events, "e");
        condition(events);
        const auto of_page = [](const auto& page) { return positions_of(page); };
        check_walk(
            events,
            [](auto& session, const auto& query, const auto& limits) { return list_events(session, query, limits); },
            of_page);
        ports::AttemptQuery attempts;
        restrict(attempts, "a");
        condition(attempts);
        check_walk(
            attempts,
            [](auto& session, const auto& query, const auto& limits) { return list_attempts(session, query, limits); },
            of_page);
    }

    void check_events() {
        ports::EventQuery query;
        restrict(query, "e");
        if (random.below(3) == 0) condition(query);
        if (random.below(4) == 0) query.ids = some<EventId>("e", 60);
        if (random.below(6) == 0) query.ids.push_back(EventId("e7"));
        const NaivePage must = expected(query);
        const auto page = list_events(*world.session, query);
        ASSERT_TRUE(page.has_value()) << page.error().describe();
        std::vector<model::Position> found;
        for (const ports::EventRecord& record : page->events) {
            found.push_back({record.event->time, record.event->id.value});
            const ports::Acceptance& original = accepted.at(record.ref);
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
        if (random.below(3) == 0) condition(query);
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
            const auto& event = accepted.at(record.event_ref).event;
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
        for (const auto& [place, row] : events()) {
            if (row.event->id == id && (!tenant || row.event->tenant_id == *tenant)) newest = place;
        }
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
        EXPECT_EQ(found->attempt.trace, known->attempt.trace);
        EXPECT_EQ(found->attempt.code, known->attempt.code);
        EXPECT_EQ(found->next_due, known->next_due);
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
    std::map<model::EventRef, ports::Acceptance> accepted;  ///< whatever became of their segments
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
        check_walks();
        check_last_number();
    }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ListModel, testing::Range<std::uint64_t>(1, 13));

}  // namespace
}  // namespace outpost::embedded
