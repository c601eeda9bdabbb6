// The embedded engine in a temporary directory, with small segments; a crash is a copy of its files at that moment.
#include "sim/backing.hpp"

#include "backends/embedded/engine/engine.hpp"

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
        : stage_(stage), root_(make_directory()), segment_rows_max_(kSegmentRows[seed % kSegmentRows.size()]) {}
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
            .directory = directory(), .idempotency_window = kIdempotencyWindow, .segment_rows_max = segment_rows_max_};
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

    void crash() override {
        const fs::path before = directory();
        ++lives_;
        fs::create_directories(directory() / "log");
        for (const auto& entry : fs::recursive_directory_iterator(before)) {
            const std::string name = entry.path().filename().string();
            // The index of a WAL is made anew by whoever opens it; the lock dies with its process.
            if (!entry.is_regular_file() || name.ends_with("-shm") || name.find("lock") != std::string::npos) continue;
            fs::copy_file(entry.path(), directory() / fs::relative(entry.path(), before));
        }
        crashed_ = before;
    }

    void close() override {
        stage_.await(engine_->close());
        stage_.run();
        engine_.reset();
        if (!crashed_.empty()) fs::remove_all(std::exchange(crashed_, {}));
    }

private:
    fs::path directory() const { return root_ / std::to_string(lives_); }

    static constexpr std::array<std::size_t, 5> kSegmentRows = {12, 30, 60, 200, 100'000};
    Stage& stage_;
    fs::path root_;
    std::size_t segment_rows_max_;
    Sealer sealer_{{"a secret of the simulation"}};
    std::size_t lives_ = 0;
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
