// What a feeder stands between: a table that answers when the test says so, and a sink that takes what it has room for.
#pragma once

#include "backends/embedded/fakes/loop.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/feed/feeder.hpp"
#include "base/oneshot.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace outpost::embedded::fakes {

/// The table and the log. Requests wait until they are answered; a fetch reads the table, then is answered.
class FakeSource final : public FeedSource {
public:
    std::map<model::DeliveryKey, OpenDelivery> table;  ///< open deliveries
    std::set<model::EventRef> missing;                 ///< events that are gone
    bool at_once = false;                              ///< answers as soon as the loop runs

    struct FetchRequest {
        std::uint32_t destination;
        std::size_t limit;
        std::optional<Projector::Fetched> found;  ///< once the table was read
        Answer<Result<Projector::Fetched>> answer;
    };
    struct LoadRequest {
        std::vector<model::EventRef> refs;
        Answer<Result<std::vector<model::EventPtr>>> answer;
    };
    std::deque<FetchRequest> fetches;
    std::deque<LoadRequest> loads;
    std::size_t fetch_count = 0;
    std::size_t load_count = 0;

    Task<Result<Projector::Fetched>> fetch(std::uint32_t destination, std::size_t limit) override {
        ++fetch_count;
        if (at_once) co_await boost::asio::post(boost::asio::use_awaitable);
        if (at_once) co_return read(destination, limit);
        auto start = [&](Answer<Result<Projector::Fetched>> answer) {
            fetches.push_back({destination, limit, std::nullopt, std::move(answer)});
        };
        co_return co_await await_answer<Result<Projector::Fetched>>(start);
    }
    Task<Result<std::vector<model::EventPtr>>> load(std::vector<model::EventRef> refs) override {
        ++load_count;
        if (at_once) co_await boost::asio::post(boost::asio::use_awaitable);
        if (at_once) co_return events_at(refs);
        auto start = [&](Answer<Result<std::vector<model::EventPtr>>> answer) {
            loads.push_back({std::move(refs), std::move(answer)});
        };
        co_return co_await await_answer<Result<std::vector<model::EventPtr>>>(start);
    }

    /// The event that lies at a place.
    static model::EventPtr event_at(model::EventRef ref) {
        return make_event({.id = fmt::format("{}-{}", ref.segment, ref.row)});
    }
    Projector::Fetched read(std::uint32_t destination, std::size_t limit) const {
        std::vector<OpenDelivery> all;
        for (const auto& [key, open] : table) {
            if (key.destination.destination == destination) all.push_back(open);
        }
        std::ranges::sort(all, {}, [](const OpenDelivery& open) { return std::pair(open.due_ms, open.key); });
        Projector::Fetched fetched;
        if (all.size() > limit) fetched.more_from = all[limit].due_ms;
        all.resize(std::min(all.size(), limit));
        fetched.deliveries = std::move(all);
        return fetched;
    }

    void read_table(FetchRequest& request) { request.found = read(request.destination, request.limit); }
    void answer_fetch(std::size_t index = 0) {
        FetchRequest request = take(fetches, index);
        if (!request.found) read_table(request);
        request.answer(std::move(*request.found));
    }
    void fail_fetch(std::size_t index = 0) {
        take(fetches, index).answer(fail(Errc::unavailable, "the table can't be read"));
    }
    void answer_load(std::size_t index = 0) {
        LoadRequest request = take(loads, index);
        request.answer(events_at(request.refs));
    }
    void fail_load(std::size_t index = 0) {
        take(loads, index).answer(fail(Errc::unavailable, "the log can't be read"));
    }

private:
    std::vector<model::EventPtr> events_at(const std::vector<model::EventRef>& refs) const {
        std::vector<model::EventPtr> events;
        for (const model::EventRef& ref : refs) events.push_back(missing.contains(ref) ? nullptr : event_at(ref));
        return events;
    }
    template <class Request>
    static Request take(std::deque<Request>& requests, std::size_t index) {
        Request request = std::move(requests.at(index));
        requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(index));
        return request;
    }
};

/// Takes up to `room` deliveries of each destination. Fails the test when it is offered what it holds, or with a wrong
/// event.
class FakeSink final : public ports::DeliverySink {
public:
    std::size_t room = SIZE_MAX;
    std::map<model::DeliveryKey, model::Delivery> held;
    std::vector<model::Delivery> taken;
    std::size_t refused = 0;
    /// What happens within the offer, once it was taken.
    std::function<void(const model::Delivery&)> on_taken;

    std::size_t held_of(const model::DestinationKey& destination) const {
        return static_cast<std::size_t>(
            std::ranges::count_if(held, [&](const auto& one) { return one.first.destination == destination; }));
    }

    bool offer(model::Delivery delivery) override {
        EXPECT_FALSE(held.contains(delivery.key)) << "offered although the sink holds it";
        EXPECT_EQ(delivery.event->id, FakeSource::event_at(delivery.key.event)->id) << "offered with another event";
        const model::DestinationKey& destination = delivery.key.destination;
        if (room != SIZE_MAX && held_of(destination) >= room) {
            ++refused;
            return false;
        }
        taken.push_back(delivery);
        held.emplace(delivery.key, delivery);
        if (on_taken) on_taken(delivery);
        return true;
    }
};

class FeedFixture : public testing::Test {
protected:
    static constexpr std::uint32_t kDestination = 7;

    explicit FeedFixture(FeedLimits limits = {}) : feeder(source, loop.clock(), loop.executor(), limits) {
        feeder.subscribe(sink);
    }
    ~FeedFixture() override {
        const auto closing = loop.start(closed());
        while (!closing->has_value()) {
            loop.run();
            while (!source.loads.empty()) source.answer_load();
            while (!source.fetches.empty()) source.answer_fetch();
        }
    }
    Task<bool> closed() {
        co_await feeder.close();
        co_return true;
    }

    TimePoint now() { return loop.clock().now(); }
    static model::DeliveryKey key(std::uint32_t row, std::uint32_t destination = kDestination) {
        return {{1, row}, {1, destination, 1}};
    }
    OpenDelivery open_delivery(const model::DeliveryKey& of, Milliseconds wait, std::uint32_t attempts = 0) {
        return {.key = of, .attempts = attempts, .due_ms = unix_ms(now() + wait)};
    }
    /// Durable and told, as the journal does.
    void accept(const std::vector<model::DeliveryKey>& keys) {
        std::vector<NewDelivery> deliveries;
        for (const model::DeliveryKey& one : keys) {
            source.table[one] = open_delivery(one, 0ms);
            deliveries.push_back({one, FakeSource::event_at(one.event)});
        }
        loop.call([&] { feeder.accepted(std::move(deliveries)); });
    }
    void accept_rows(std::uint32_t first, std::uint32_t count, std::uint32_t destination = kDestination) {
        std::vector<model::DeliveryKey> keys;
        for (std::uint32_t row = first; row < first + count; ++row) keys.push_back(key(row, destination));
        accept(keys);
    }
    ports::Settlement settlement_of(const model::DeliveryKey& of, std::optional<Milliseconds> retry_in) {
        const std::uint32_t number = sink.held.at(of).attempts_settled + 1;
        auto settlement = make_settlement(of, FakeSource::event_at(of.event), fmt::format("a{}", ++last_attempt),
                                          number, retry_in ? std::optional(now() + *retry_in) : std::nullopt);
        settlement.attempt.time = now();
        return settlement;
    }
    void settle(const model::DeliveryKey& of, std::optional<Milliseconds> retry_in = std::nullopt) {
        const ports::Settlement settlement = settlement_of(of, retry_in);
        sink.held.erase(of);
        feeder.settling(settlement);
        if (retry_in) source.table[of] = open_delivery(of, *retry_in, settlement.attempt.number);
        else source.table.erase(of);
        loop.call([&] { feeder.settled(settlement); });
    }
    void cancel(const model::DeliveryKey& of) {
        sink.held.erase(of);
        source.table.erase(of);
        loop.call([&] { feeder.decided(make_decision(of, ports::DecisionKind::cancelled)); });
    }
    void redeliver(const model::DeliveryKey& of, std::uint32_t attempts_so_far) {
        DecisionRow row = make_decision(of, ports::DecisionKind::redeliver, attempts_so_far);
        row.due_ms = unix_ms(now());
        OpenDelivery open = open_delivery(of, 0ms, attempts_so_far);
        open.manual = true;
        source.table[of] = open;
        loop.call([&] { feeder.decided(row); });
    }
    void postpone(const model::DeliveryKey& of, Milliseconds wait) {
        const auto held = sink.held.extract(of);
        loop.call([&] { feeder.postponed(held.mapped(), now() + wait); });
    }
    void start(const std::vector<Projector::Backlog>& backlogs) {
        loop.call([&] { feeder.start(backlogs); });
    }
    /// Somebody sets the wall clock; the engine then moves the table's times (due_times.hpp).
    void jump(Milliseconds by) {
        loop.clock().jump(by);
        for (auto& [of, open] : source.table) open.due_ms += by.count();
    }
    void demand(std::uint32_t destination = kDestination) {
        loop.call([&] { feeder.demand(destination); });
    }
    void set_writable(bool writable) {
        loop.call([&] { feeder.set_writable(writable); });
    }
    /// Answers everything that is asked until nothing is asked any more. @return how many requests there were
    std::size_t answer_all() {
        std::size_t answered = 0;
        for (loop.run(); !source.loads.empty() || !source.fetches.empty(); loop.run()) {
            if (!source.loads.empty()) source.answer_load();
            else source.answer_fetch();
            if (++answered > 100'000) throw std::runtime_error("it never stops asking");
        }
        return answered;
    }
    /// Lets time pass, then settles for good whatever the sink holds.
    void settle_all_after(MonotonicTime::duration wait) {
        loop.advance(wait);
        answer_all();
        while (!sink.held.empty()) settle(sink.held.begin()->first);
    }
    std::vector<std::uint32_t> taken_rows() const {
        std::vector<std::uint32_t> rows;
        for (const model::Delivery& delivery : sink.taken) rows.push_back(delivery.key.event.row);
        return rows;
    }

    Loop loop;
    FakeSource source;
    FakeSink sink;
    Feeder feeder;
    std::size_t last_attempt = 0;
};

}  // namespace outpost::embedded::fakes
