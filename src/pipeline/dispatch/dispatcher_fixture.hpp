// A dispatcher whose worker does what a test says, and a ledger that only listens.
#pragma once

#include "base/oneshot.hpp"
#include "pipeline/dispatch/dispatcher.hpp"
#include "pipeline/testing/stage_fixture.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace outpost::pipeline {

/// Holds every delivery until the test ends it.
class HeldWorker final : public DeliveryWorker {
public:
    enum class Way { held, at_once, throws, sleeps };

    explicit HeldWorker(Clock& clock) : clock_(clock) {}

    Task<Worked> work(model::Delivery delivery, InFlight& requests) override {
        const model::DeliveryKey key = delivery.key;
        EXPECT_TRUE(running.insert(key).second) << "a delivery is in flight twice";
        most = std::max(most, running.size());
        begun.push_back(std::move(delivery));
        noted[key] = &requests;
        const Running ends{*this, key};
        if (way == Way::throws) throw std::runtime_error("the worker has a bug");
        if (way == Way::sleeps) co_await clock_.sleep_for(std::chrono::hours(1));
        if (way != Way::held) co_return Worked{.sign = sign, .end = Worked::End::settled, .limits = limits};
        auto start = [this, &key](Answer<Worked> answer) { answers_.insert_or_assign(key, std::move(answer)); };
        co_return co_await await_answer<Worked>(start);
    }
    void end(const model::DeliveryKey& key, SendSign how = SendSign::answered, Worked::End end = Worked::End::settled) {
        auto answer = answers_.extract(key);
        ASSERT(!answer.empty());
        answer.mapped()({.sign = how, .end = end, .limits = limits});
    }
    std::optional<model::SendLimits> limits_of(const model::Delivery&) const override {
        return knows_limits ? limits : std::nullopt;
    }

    Way way = Way::held;
    std::optional<model::SendLimits> limits = model::SendLimits{};
    bool knows_limits = true;            ///< false: they are told only after a send
    SendSign sign = SendSign::answered;  ///< of those that are not held
    std::vector<model::Delivery> begun;
    std::set<model::DeliveryKey> running;
    std::size_t most = 0;  ///< at once, ever
    std::map<model::DeliveryKey, InFlight*> noted;

private:
    struct Running {
        HeldWorker& worker;
        model::DeliveryKey key;
        ~Running() { worker.running.erase(key); }
    };
    Clock& clock_;
    std::map<model::DeliveryKey, Answer<Worked>> answers_;
};

/// Remembers demands; nothing else of a ledger is a dispatcher's business.
class ListeningLedger final : public ports::Ledger {
public:
    Task<Result<std::vector<ports::Accepted>>> accept(std::vector<ports::Acceptance>, Deadline) override {
        co_return fail(Errc::internal, "not a dispatcher's call");
    }
    Task<Result<void>> settle(std::vector<ports::Settlement>, Deadline) override {
        co_return fail(Errc::internal, "not a dispatcher's call");
    }
    Task<Result<void>> decide(std::vector<ports::Decision>, Deadline) override {
        co_return fail(Errc::internal, "not a dispatcher's call");
    }
    void postpone(model::Delivery, TimePoint) override {}
    void subscribe(std::size_t, ports::DeliverySink&) override {}
    void demand(model::DestinationKey destination) override { demanded.push_back(destination); }
    ports::LedgerDepth depth() const override { return {}; }
    Result<void> ready() const override { return {}; }

    std::vector<model::DestinationKey> demanded;
};

class DispatcherTest : public ::testing::Test {
protected:
    explicit DispatcherTest(DispatchSettings settings = {})
        : dispatcher(settings, worker, ledger, stage.clock(), stage.executor()) {}
    ~DispatcherTest() override {
        while (!worker.running.empty() && worker.way == HeldWorker::Way::held) end(*worker.running.begin());
        stage.await(dispatcher.stop(Deadline(stage.clock().monotonic()), stage.clock()));
    }

    /// The n-th event for a destination. Destinations 10..19 belong to tenant 1, 20..29 to tenant 2, and so on.
    static model::Delivery delivery(std::uint32_t destination, std::uint32_t row, Bytes data = {}) {
        auto event = std::make_shared<model::Event>();
        event->data = std::move(data);
        return {.key = {{1, row}, {destination / 10, destination, 0}}, .event = std::move(event)};
    }
    bool offer(std::uint32_t destination, std::uint32_t row, Bytes data = {}) {
        const bool taken = dispatcher.offer(delivery(destination, row, std::move(data)));
        stage.run();
        return taken;
    }
    void offer_many(std::uint32_t destination, std::uint32_t count) {
        for (std::uint32_t row = 0; row < count; ++row) EXPECT_TRUE(offer(destination, row));
    }
    void end(const model::DeliveryKey& key, SendSign sign = SendSign::answered,
             Worked::End how = Worked::End::settled) {
        worker.end(key, sign, how);
        stage.run();
    }
    /// Ends sends one after another, in the order in which they began, until none runs.
    void end_all(SendSign sign = SendSign::answered) {
        for (std::size_t i = 0; i < worker.begun.size(); ++i) {
            if (worker.running.contains(worker.begun[i].key)) end(worker.begun[i].key, sign);
        }
    }
    std::vector<std::uint32_t> destinations_begun() const {
        std::vector<std::uint32_t> order;
        for (const model::Delivery& begun : worker.begun) order.push_back(begun.key.destination.destination);
        return order;
    }

    pipeline::testing::Stage stage{1};
    HeldWorker worker{stage.clock()};
    ListeningLedger ledger;
    Dispatcher dispatcher;
};

}  // namespace outpost::pipeline
