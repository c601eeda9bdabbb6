// A journal in a scratch folder, on one thread, with a listener that notes what it is told.
#pragma once

#include "backends/embedded/fakes/loop.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "backends/embedded/log/journal.hpp"

#include <gtest/gtest.h>

namespace outpost::embedded::fakes {

class NotingListener final : public JournalListener {
public:
    void accepted(std::vector<NewDelivery> deliveries) override { batches.push_back(std::move(deliveries)); }
    void advanced() override { ++advances; }
    void rolled(std::uint32_t finished) override { finished_segments.push_back(finished); }
    void writable_changed(bool writable) override { changes.push_back(writable); }

    std::vector<std::vector<NewDelivery>> batches;  ///< one a commit
    int advances = 0;
    std::vector<std::uint32_t> finished_segments;
    std::vector<bool> changes;
};

class JournalFixture : public testing::Test {
protected:
    using Reply = Result<std::vector<ports::Accepted>>;

    JournalFixture() { settings.log_directory = folder.path(); }
    ~JournalFixture() override { close(); }

    /// Opens what the folder holds, as a start does.
    void open(model::EventRef seen = {}) {
        close();
        segments.emplace();
        const auto numbers = list_segments(folder.path());
        for (const std::uint32_t number : *numbers) {
            const std::filesystem::path file = segment_path(folder.path(), number);
            auto database = Database::open(file, OpenMode::read_only);
            auto tail = load_tail(*database, tail_rows(settings.segment_rows_max));
            ASSERT_TRUE(tail.has_value()) << tail.error().describe();
            segments->put({.number = number, .file = file, .tail = *tail, .range = {}});
        }
        listener = {};
        journal.emplace(settings, *segments, loop.clock(), loop.executor(), listener);
        const auto opened = journal->open(seen);
        ASSERT_TRUE(opened.has_value()) << opened.error().describe();
    }
    void close() {
        if (!journal) return;
        loop.await(journal->close());
        journal.reset();
    }

    Reply accept(std::vector<ports::Acceptance> batch, Deadline deadline = Deadline::never()) {
        return loop.await(journal->accept(std::move(batch), deadline));
    }
    /// One event of an id that a client chose.
    Reply accept(const std::string& id, const std::vector<std::uint32_t>& destinations = {7}) {
        std::vector<ports::Acceptance> batch;
        batch.push_back(make_acceptance({.id = id, .received = loop.clock().now()}, destinations, true));
        return accept(std::move(batch));
    }
    model::EventRef accepted(const std::string& id) {
        const auto reply = accept(id);
        EXPECT_TRUE(reply.has_value()) << reply.error().describe();
        EXPECT_FALSE(reply->front().duplicate);
        return reply->front().event;
    }
    Result<std::vector<bool>> settle(std::vector<ports::Settlement> settlements) {
        const auto shared = std::make_shared<const std::vector<ports::Settlement>>(std::move(settlements));
        return loop.await(journal->settle(shared, Deadline::never()));
    }
    /// Every event id that a start finds in the folder.
    std::set<std::string> stored_ids() {
        std::set<std::string> ids;
        const auto numbers = list_segments(folder.path());
        for (const std::uint32_t number : *numbers) {
            auto database = Database::open(segment_path(folder.path(), number), OpenMode::read_only);
            auto rows = database->prepare("SELECT id FROM events");
            while (rows && rows->step().value_or(false)) ids.emplace(rows->text(0));
        }
        return ids;
    }
    const Tail& tail() { return *segments->list()->back()->tail; }

    ScratchFolder folder;
    Loop loop;
    JournalSettings settings;
    std::optional<SegmentDirectory> segments;
    NotingListener listener;
    std::optional<Journal> journal;
};

}  // namespace outpost::embedded::fakes
