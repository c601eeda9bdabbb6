// The embedded engine in a temporary directory, with small segments, on a disk that fails. A crash is a killed process,
// whose writes are all there, or a power cut: of what was not synced some is lost, and the last write may be torn.
#include "sim/backing.hpp"

#include "backends/embedded/engine/engine.hpp"
#include "backends/embedded/fakes/faulty_vfs.hpp"
#include "backends/embedded/fakes/recording_vfs.hpp"

#include <filesystem>
#include <unistd.h>

namespace outpost::sim {
namespace {

namespace fs = std::filesystem;
using pipeline::testing::Process;
using pipeline::testing::Stage;

/// In memory where there is such a folder: the order of writes is what is simulated, not the time that they take.
fs::path make_directory() {
    const fs::path in_memory = "/dev/shm";
    const fs::path parent = fs::is_directory(in_memory) ? in_memory : fs::temp_directory_path();
    std::string name = (parent / fmt::format("outpost-sim-{}-XXXXXX", ::getpid())).string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return name;
}

class EngineBacking final : public Backing {
public:
    EngineBacking(Stage& stage, std::uint64_t seed)
        : stage_(stage),
          root_(make_directory()),
          segment_rows_max_(kSegmentRows[seed % kSegmentRows.size()]),
          auto_disable_(seed % 3 == 0),
          dice_(seed),
          image_(directory()) {}
    ~EngineBacking() override {
        engine_.reset();
        std::error_code error;
        fs::remove_all(root_, error);
    }

    ports::Ledger& ledger() override { return engine_->ledger(); }
    ports::TenantStore& tenants() override { return engine_->tenants(); }
    ports::LogReader& log() override { return engine_->log(); }

    void open() override {
        const Executor here = stage_.executor();
        embedded::EngineExecutors executors{.log = here, .control = here, .sealer = here, .readers = {here, here}};
        embedded::EngineSettings settings{
            .directory = directory(),
            .idempotency_window = kIdempotencyWindow,
            .segment_rows_max = segment_rows_max_,
            .retention_age = std::nullopt,  // it has its own model test; clocks jump here
            .watch = {.rules = {.limit = kAlertLimit, .auto_disable = auto_disable_, .exhausted_window = std::nullopt},
                      .topics = {std::string(ports::kTopicConsecutiveFailure), std::string(ports::kTopicDisabled)}}};
        auto opened =
            embedded::Engine::open(std::move(settings), sealer_, stage_.shards(), std::move(executors), stage_.clock());
        if (!opened) throw std::runtime_error(opened.error().describe());
        engine_ = std::move(*opened);
    }

    void attach(Process& process) override {
        for (std::size_t shard = 0; shard < stage_.shards().size(); ++shard) {
            engine_->tenants().subscribe(shard, process.views(shard));
        }
        engine_->start();
    }

    /// What a dead process had stored is due by the wall clock; what waits in this one does not feel it.
    Milliseconds sleeps_through(Milliseconds /*jumped_by*/, Milliseconds jumped_before) const override {
        return jumped_before;
    }
    bool waits_as_planned() const override { return true; }
    bool has_disk() const override { return true; }
    std::string change_disk() override {
        using Vfs = embedded::fakes::FaultyVfs;
        const std::size_t after = dice_.below(40);
        const std::size_t times = dice_.roll(0.5) ? 1 + dice_.below(3) : Vfs::kUntilHealed;
        switch (dice_.below(7)) {
            case 0: faults_.fail(SQLITE_FULL, "", after, times); return "the disk is full";
            case 1: faults_.fail(SQLITE_FULL, "control.db", after, times); return "the disk is full for control.db";
            case 2: faults_.fail(SQLITE_IOERR_WRITE, "", after, times); return "the disk fails";
            case 3: faults_.fail_syncs(SQLITE_IOERR_FSYNC, "", after / 10, times); return "the disk fails to sync";
            case 4: faults_.fail(SQLITE_IOERR_WRITE, "/log/", after, times); return "the disk fails for the log";
            default: mend_disk(); return "the disk is well";
        }
    }
    void mend_disk() override { faults_.heal(); }

    std::optional<AlertsSeen> alerts() override {
        AlertsSeen seen{.notices = {}, .auto_disable = auto_disable_};
        ports::OperatorOutbox& outbox = engine_->outbox();
        while (true) {
            auto due = stage_.await(outbox.due(stage_.clock().now(), ports::kNoticesMax, Deadline::never()));
            if (!due) throw std::runtime_error("outbox: " + due.error().describe());
            if (due->notices.empty()) return seen;
            for (ports::OperatorNotice& notice : due->notices) {
                if (!stage_.await(outbox.sent(notice.number, Deadline::never()))) throw std::runtime_error("outbox");
                seen.notices.push_back(std::move(notice));
            }
        }
    }

    void crash() override {
        using Loss = embedded::fakes::DiskImage::Loss;
        mend_disk();
        for (const auto& change : recorder_.take()) image_.apply(change);
        crashed_ = directory();
        ++lives_;
        if (dice_.roll(0.6)) {
            constexpr std::array<Loss, 3> losses = {Loss::all_unsynced, Loss::some_unsynced, Loss::from_somewhere};
            image_.lose(losses[dice_.below(losses.size())], dice_);
        }
        image_.moved_to(directory());
        image_.write_to(directory());
    }

    void close() override {
        stage_.await(engine_->close());
        stage_.run();
        engine_.reset();
        for (const auto& change : recorder_.take()) image_.apply(change);  // of the dead one: not of this folder
        if (!crashed_.empty()) fs::remove_all(std::exchange(crashed_, {}));
    }

private:
    fs::path directory() const { return root_ / std::to_string(lives_); }

    static constexpr std::array<std::size_t, 5> kSegmentRows = {12, 30, 60, 200, 100'000};
    Stage& stage_;
    fs::path root_;
    std::size_t segment_rows_max_;
    bool auto_disable_;
    Sealer sealer_{{"a secret of the simulation"}};
    std::size_t lives_ = 0;
    ports::fakes::Dice dice_;
    embedded::fakes::DiskImage image_;
    embedded::fakes::RecordingVfs recorder_;
    embedded::fakes::FaultyVfs faults_;  // above the recorder: what it refuses is not done
    fs::path crashed_;
    std::unique_ptr<embedded::Engine> engine_;
};

}  // namespace

std::unique_ptr<Backing> make_engine_backing(Stage& stage, std::uint64_t seed) {
    return std::make_unique<EngineBacking>(stage, seed);
}

std::unique_ptr<Backing> make_backing(BackingKind kind, Stage& stage, std::uint64_t seed) {
    switch (kind) {
        case BackingKind::engine: return make_engine_backing(stage, seed);
        case BackingKind::memory: return make_memory_backing(stage);
        case BackingKind::multi_hop: return make_multi_hop_backing(stage, seed);
    }
    throw std::logic_error("unknown backing");
}

std::string_view to_string(BackingKind kind) {
    constexpr std::array<std::string_view, 3> names = {"engine", "memory", "multi-hop"};
    return names[static_cast<std::size_t>(kind)];
}

}  // namespace outpost::sim
