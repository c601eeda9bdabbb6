// A log of open, finished and sealed segments with a control.db beside it, and what it must answer.
#pragma once

#include "backends/embedded/control/schema.hpp"
#include "backends/embedded/fakes/rows.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "backends/embedded/read/read_session.hpp"
#include "backends/embedded/seal/segment_sealer.hpp"

#include <gtest/gtest.h>

namespace outpost::embedded::fakes {

/// Tenants t1…t3 are numbers 1…3; destination d{n} of tenant t is number 10 t + n, as RandomRows makes them.
class ReadWorld {
public:
    ReadWorld() {
        auto control = open_control(paths.control());
        EXPECT_TRUE(control.has_value());
        std::filesystem::create_directory(paths.log());
        for (int tenant = 1; tenant <= 3; ++tenant) {
            run(*control, fmt::format("INSERT INTO tenants (number, id) VALUES ({0}, 't{0}')", tenant));
            for (int destination = 1; destination <= 3; ++destination) {
                run(*control, fmt::format("INSERT INTO destinations (number, tenant, id, incarnation, version, type,"
                                          " topics, filter, config, metadata, created_at, updated_at) VALUES"
                                          " ({}, {}, 'd{}', 1, 1, '', '', '', '', '', 0, 0)",
                                          tenant * 10 + destination, tenant, destination));
            }
        }
        open_session();
        begin_segment();
    }

    void open_session() {
        auto opened = ReadSession::open(paths, segments, sealer);
        EXPECT_TRUE(opened.has_value()) << opened.error().describe();
        session = std::move(*opened);
    }
    void begin_segment() {
        if (writer) writer->leave();
        ++number;
        const std::filesystem::path file = segment_path(paths.log(), number);
        auto opened = SegmentWriter::open(file);
        EXPECT_TRUE(opened.has_value());
        writer = std::move(*opened);
        tail = std::make_shared<Tail>(5'000);
        segments.put({.number = number, .file = file, .tail = tail, .range = {}});
    }
    model::EventRef next_place() const { return {number, static_cast<std::uint32_t>(tail->size())}; }
    void append(const Row& row) {
        const model::EventRef place = next_place();
        EXPECT_TRUE(write_rows(*writer, place.row, std::span(&row, 1)).has_value());
        append_to_tail(*tail, std::span(&row, 1));
        rows.emplace(place, row);
    }
    /// A row that is a copy of an event, as retention makes them.
    struct Copy {
        model::EventRef origin;
        std::uint32_t carried_from = 0;
        ports::Acceptance event;
    };
    /// Copies the event or copy at `from` into the open segment, where it is hidden while the segment of `from` is
    /// there. What was copied from there before is not copied again.
    void carry(model::EventRef from) {
        const auto older = copies.find(from);
        const model::EventRef origin = older != copies.end() ? older->second.origin : from;
        if (std::ranges::any_of(copies, [&](const auto& entry) {
                return entry.second.origin == origin && entry.second.carried_from == from.segment;
            })) {
            return;
        }
        const ports::Acceptance& event =
            older != copies.end() ? older->second.event : std::get<ports::Acceptance>(rows.at(from));
        const CarriedEvent copy{.origin = {.ref = origin, .carried_from = from.segment},
                                .id = event.event->id.value,
                                .tenant = event.tenant,
                                .time = unix_ms(event.event->time),
                                .received = unix_ms(event.event->received),
                                .eligible = 1,
                                .destinations = pack_destinations(event.destinations),
                                .topic = event.event->topic,
                                .metadata = "",
                                .data = std::string(event.event->data.view())};
        const model::EventRef to = next_place();
        EXPECT_TRUE(writer->begin().has_value() && writer->append_carried(to.row, copy).has_value() &&
                    writer->commit().has_value());
        const std::vector<TailDestination> matched = unpack_destinations(copy.destinations);
        const TailEntry entry = embedded::tail_entry_of(copy, 0, static_cast<std::uint32_t>(matched.size()));
        tail->append(std::span(&entry, 1), matched);
        copies.emplace(to, Copy{origin, from.segment, event});
        auto control = Database::open(paths.control(), OpenMode::existing);
        run(*control, fmt::format("INSERT OR REPLACE INTO carried_events VALUES ({}, {}, {}, {})", origin.segment,
                                  origin.row, to.segment, to.row));
    }
    /// Everything in a sealed segment goes.
    void remove(std::uint32_t sealed) {
        const std::filesystem::path file = SegmentDirectory::find(*segments.list(), sealed)->file;
        segments.remove(sealed);
        session->close_removed();
        std::filesystem::remove(file);
        std::erase_if(rows, [&](const auto& entry) { return entry.first.segment == sealed; });
        std::erase_if(copies, [&](const auto& entry) { return entry.first.segment == sealed; });
    }
    /// The copies that are shown: what they were copied from has gone. By where their events were accepted.
    std::map<model::EventRef, ports::Acceptance> shown_copies() const {
        const std::uint32_t first = segments.list()->front()->number;
        std::map<model::EventRef, ports::Acceptance> shown;
        for (const auto& [place, copy] : copies) {
            if (copy.carried_from < first) shown.emplace(copy.origin, copy.event);
        }
        return shown;
    }
    /// Seals a finished segment.
    void seal(std::uint32_t finished) {
        const std::filesystem::path file = segment_path(paths.log(), finished);
        const auto range = seal_segment(file);
        ASSERT_TRUE(range.has_value()) << range.error().describe();
        segments.put({.number = finished, .file = file, .tail = nullptr, .range = *range, .ids = open_id_filter(file)});
    }
    /// As a new process would find it.
    void restart() {
        session.reset();
        const auto before = segments.list();
        for (const SegmentPtr& segment : *before) {
            if (segment->sealed()) continue;
            auto database = Database::open(segment->file, OpenMode::read_only);
            auto loaded = load_tail(*database, 5'000);
            EXPECT_TRUE(loaded.has_value()) << loaded.error().describe();
            if (segment->number == number) tail = *loaded;
            segments.put({.number = segment->number, .file = segment->file, .tail = *loaded, .range = {}});
        }
        open_session();
    }

    ScratchFolder folder;
    DataPaths paths{folder.path()};
    Sealer sealer{{"the secret of the test"}};
    SegmentDirectory segments;
    std::unique_ptr<ReadSession> session;
    std::uint32_t number = 0;
    std::optional<SegmentWriter> writer;
    std::shared_ptr<Tail> tail;
    std::map<model::EventRef, Row> rows;     ///< by their places
    std::map<model::EventRef, Copy> copies;  ///< by their places

private:
    static void run(Database& database, const std::string& sql) {
        const auto done = database.execute(sql.c_str());
        EXPECT_TRUE(done.has_value()) << done.error().describe();
    }
};

/// A page as the contract has it (api.md §4.3), of rows that fit, worked out the simplest way.
struct NaivePage {
    std::vector<model::Position> rows;
    model::PageLinks links;

    NaivePage(std::vector<model::Position> fitting, const model::PageRequest& page) {
        const bool descending = page.direction == model::Direction::descending;
        std::ranges::sort(fitting);
        if (descending) std::ranges::reverse(fitting);
        const auto comes_before = [&](const model::Position& a, const model::Position& b) {
            return descending ? b < a : a < b;
        };
        bool more = false;
        if (page.before) {
            std::erase_if(fitting, [&](const auto& row) { return !comes_before(row, *page.before); });
            more = fitting.size() > page.limit;
            if (more) fitting.erase(fitting.begin(), fitting.end() - static_cast<std::ptrdiff_t>(page.limit));
        } else {
            if (page.after) std::erase_if(fitting, [&](const auto& row) { return !comes_before(*page.after, row); });
            more = fitting.size() > page.limit;
            if (more) fitting.resize(page.limit);
        }
        rows = std::move(fitting);
        if (rows.empty()) return;
        if (page.before || more) links.next = rows.back();
        if (page.before ? more : page.after.has_value()) links.previous = rows.front();
    }
};

inline void PrintTo(const model::Position& position, std::ostream* out) {
    *out << unix_ms(position.time) - unix_ms(kNow) << "/" << position.id;
}

}  // namespace outpost::embedded::fakes
