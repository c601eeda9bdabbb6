// The disk fails at each write and at each sync of a small life of the whole pipeline (hard-cases T-07, T-08), once or
// until it is mended: accept and dispatch close, what is in flight is settled, it is green again by itself, nothing is
// lost and nothing is sent twice; nor after a kill.
#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/fakes/scratch_folder.hpp"
#include "pipeline/testing/process_fixture.hpp"
#include "pipeline/testing/stage_fixture.hpp"
#include "ports/fakes/scripted_destination.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;
using pipeline::testing::Process;
using pipeline::testing::ProcessSettings;
using pipeline::testing::Stage;
using ports::fakes::Reply;

constexpr std::size_t kSegmentRows = 12;
constexpr std::size_t kRetries = 5;
const TenantId kTenant("t1");

struct Trouble {
    std::string name;
    int code = SQLITE_FULL;
    bool syncs_only = false;
    bool once = false;
};

/// One process over a folder.
class Machine {
public:
    Machine(std::filesystem::path folder, ports::fakes::DestinationScript& script) : script_(script) {
        const Executor here = stage.executor();
        EngineExecutors executors{.log = here, .control = here, .sealer = here, .readers = {here, here}};
        auto opened = Engine::open({.directory = std::move(folder), .segment_rows_max = kSegmentRows}, sealer_,
                                   stage.shards(), std::move(executors), stage.clock());
        if (!opened) throw std::runtime_error(opened.error().describe());
        engine = std::move(*opened);
        std::vector<pipeline::ProviderMap> maps;
        for (std::size_t shard = 0; shard < stage.shards().size(); ++shard) {
            providers_.push_back(std::make_unique<ports::fakes::ScriptedDestination>(script_, stage.clock()));
            maps.push_back({{"scripted", providers_.back().get()}});
        }
        ProcessSettings settings;
        settings.deliver.retry = {.schedule = {}, .interval = 30s, .limit = kRetries, .jitter = false};
        process.emplace(pipeline::testing::ProcessPorts{.clock = stage.clock(),
                                                        .shards = stage.shards(),
                                                        .ledger = engine->ledger(),
                                                        .tenants = engine->tenants(),
                                                        .log = engine->log()},
                        settings, std::move(maps));
        engine->start();
        stage.run();
    }
    ~Machine() {
        stage.await(process->stop(Deadline(stage.clock().monotonic())));
        stage.await(engine->close());
        process.reset();
        engine.reset();
        stage.run();
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    void create(const std::string& id) {
        const TimePoint now = stage.clock().now();
        ports::TenantStore& tenants = engine->tenants();
        ASSERT(stage.await(tenants.upsert_tenant(kTenant, {}, now, Deadline::never())).has_value());
        model::Destination destination;
        destination.tenant_id = kTenant;
        destination.id = DestinationId(id);
        destination.type = "scripted";
        destination.topics = {"*"};
        destination.created_at = destination.updated_at = now;
        ASSERT(stage.await(tenants.create_destination(destination, 10, Deadline::never())).has_value());
        stage.run();
    }
    bool publish(const std::string& id) {
        pipeline::Publication publication;
        publication.id = EventId(id);
        publication.tenant_id = kTenant;
        publication.topic = "user.created";
        publication.data = Bytes("{}");
        const auto answer = stage.await(process->publish(0).publish(publication, Deadline::after(stage.clock(), 10s)));
        stage.run();
        return answer.has_value();
    }
    /// All attempts in the log, by event and destination.
    std::map<std::string, std::vector<ports::AttemptRecord>> log() {
        ports::AttemptQuery query;
        query.page = {.limit = 1000, .direction = model::Direction::ascending, .after = {}, .before = {}};
        auto page = stage.await(engine->log().list_attempts(query, Deadline::never()));
        if (!page) throw std::runtime_error(page.error().describe());
        std::map<std::string, std::vector<ports::AttemptRecord>> attempts;
        for (ports::AttemptRecord& record : page->attempts) {
            attempts[record.event_id.value + " for " + record.destination_id.value].push_back(std::move(record));
        }
        return attempts;
    }
    std::size_t events_in_log() {
        ports::EventQuery query;
        query.page.limit = 1000;
        const auto page = stage.await(engine->log().list_events(query, Deadline::never()));
        return page ? page->events.size() : 0;
    }

    Stage stage;
    std::unique_ptr<Engine> engine;
    std::optional<Process> process;

private:
    ports::fakes::DestinationScript& script_;
    Sealer sealer_{{"a secret of the test"}};
    std::vector<std::unique_ptr<ports::fakes::ScriptedDestination>> providers_;
};

class DiskFaultsTest : public testing::TestWithParam<Trouble> {
protected:
    /// @param after  so many writes succeed. @return whether the trouble came at all
    bool live_and_check(std::size_t after) {
        const ScratchFolder folder;
        FaultyVfs disk;
        ports::fakes::DestinationScript script;
        script.always(DestinationId("slow"), Reply::success().after(3s));
        script.next(DestinationId("flaky"), Reply::failure(), 3);
        accepted_.clear();
        bool struck = false;
        {
            Machine machine(folder / "data", script);
            for (const char* id : {"fast", "slow", "flaky"}) machine.create(id);
            arm(disk, after);
            live(machine, disk, script);
            struck = disk.heal() > 0;
            machine.stage.advance(10s);
            EXPECT_TRUE(machine.engine->ledger().ready().has_value()) << "it is not green again";
            EXPECT_TRUE(publish(machine, "last"));
            machine.stage.advance(2h);
            EXPECT_EQ(machine.engine->ledger().depth().open, 0U);
            check(machine, script);
            std::filesystem::copy(folder / "data", folder / "killed", std::filesystem::copy_options::recursive);
        }
        remove_indexes(folder / "killed");
        check_after_kill(folder / "killed", script);
        return struck;
    }

private:
    void arm(FaultyVfs& disk, std::size_t after) const {
        const std::size_t times = GetParam().once ? 1 : FaultyVfs::kUntilHealed;
        if (GetParam().syncs_only) disk.fail_syncs(GetParam().code, "", after, times);
        else disk.fail(GetParam().code, "", after, times);
    }
    bool publish(Machine& machine, const std::string& id) {
        const bool accepted = machine.publish(id);
        if (accepted) accepted_.insert(id);
        return accepted;
    }
    /// Events one by one, so that there are sends in flight at every moment; a client repeats what was refused.
    void live(Machine& machine, FaultyVfs& disk, const ports::fakes::DestinationScript& script) {
        for (int i = 0; i < 4; ++i) {
            const std::string id = fmt::format("e{}", i);
            for (int tries = 0; tries < 2 && !publish(machine, id); ++tries) machine.stage.advance(1500ms);
            machine.stage.advance(1s);
            if (!machine.engine->ledger().ready()) expect_closed(machine, disk, script);
        }
        machine.stage.advance(1min);
    }
    void expect_closed(Machine& machine, const FaultyVfs& disk, const ports::fakes::DestinationScript& script) {
        const std::size_t sent = script.sent().size();
        const std::size_t struck = disk.struck();
        const bool accepted = publish(machine, fmt::format("closed{}", ++closed_));
        machine.stage.advance(500ms);
        if (disk.struck() > struck) EXPECT_FALSE(accepted) << "accepted while it can't be written";
        if (!machine.engine->ledger().ready())
            EXPECT_EQ(script.sent().size(), sent) << "sent while it can't be written";
    }

    void check(Machine& machine, const ports::fakes::DestinationScript& script) {
        log_ = machine.log();
        events_ = machine.events_in_log();
        EXPECT_EQ(events_, accepted_.size());
        for (const std::string& event : accepted_) {
            for (const char* destination : {"fast", "slow", "flaky"}) check_delivery(event, destination);
        }
        std::size_t attempts = 0;
        for (const auto& [name, of_delivery] : log_) attempts += of_delivery.size();
        EXPECT_EQ(attempts, script.sent().size()) << "a send is not in the log, or something was sent twice";
        EXPECT_EQ(log_.size(), accepted_.size() * 3) << "something was delivered that was not accepted";
    }
    void check_delivery(const std::string& event, const std::string& destination) {
        const std::string name = event + " for " + destination;
        std::vector<ports::AttemptRecord>& attempts = log_[name];
        ASSERT_FALSE(attempts.empty()) << name << " is lost";
        for (std::size_t i = 0; i < attempts.size(); ++i) {
            EXPECT_EQ(attempts[i].attempt.number, i + 1) << name;
            const bool last = i + 1 == attempts.size();
            EXPECT_EQ(attempts[i].attempt.status == model::AttemptStatus::success, last) << name;
        }
    }
    /// WAL indexes are shared memory: gone with the machine.
    static void remove_indexes(const std::filesystem::path& folder) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (entry.path().string().ends_with("-shm")) std::filesystem::remove(entry.path());
        }
    }
    void check_after_kill(const std::filesystem::path& folder, const ports::fakes::DestinationScript& script) {
        const std::size_t sent = script.sent().size();
        ports::fakes::DestinationScript same = script;
        Machine machine(folder, same);
        machine.stage.advance(2h);
        EXPECT_EQ(same.sent().size(), sent) << "sent again after a kill";
        EXPECT_EQ(machine.engine->ledger().depth().open, 0U);
        EXPECT_EQ(machine.events_in_log(), events_) << "events came or went with a kill";
        const auto log = machine.log();
        for (const auto& [name, attempts] : log_) {
            const auto now = log.find(name);
            EXPECT_EQ(now == log.end() ? 0 : now->second.size(), attempts.size()) << name << ": attempts after a kill";
        }
    }

    std::set<std::string> accepted_;
    std::map<std::string, std::vector<ports::AttemptRecord>> log_;
    std::size_t events_ = 0;
    int closed_ = 0;
};

TEST_P(DiskFaultsTest, NothingIsLostNorSentTwiceAtWhateverWriteItHappens) {
    constexpr std::size_t kWritesMax = 2000;
    std::size_t after = 0;
    while (live_and_check(after) && after < kWritesMax && !HasFailure()) ++after;
    EXPECT_FALSE(HasFailure()) << "when " << after << " writes have succeeded";
    EXPECT_GT(after, 20U);
    RecordProperty("moments", static_cast<int>(after));
}

INSTANTIATE_TEST_SUITE_P(Troubles, DiskFaultsTest,
                         testing::Values(Trouble{"Full", SQLITE_FULL, false, false},
                                         Trouble{"FullOnce", SQLITE_FULL, false, true},
                                         Trouble{"WriteError", SQLITE_IOERR_WRITE, false, false},
                                         Trouble{"WriteErrorOnce", SQLITE_IOERR_WRITE, false, true},
                                         Trouble{"SyncError", SQLITE_IOERR_FSYNC, true, false},
                                         Trouble{"SyncErrorOnce", SQLITE_IOERR_FSYNC, true, true}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace outpost::embedded
