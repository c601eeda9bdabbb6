// Writes down every change that SQLite makes to files, and what of it a disk still has after the power was cut
// (hard-cases T-02, T-03). The index of a WAL (-shm) is shared memory, not a change: whoever opens the file makes it
// anew.
#pragma once

#include "backends/embedded/fakes/shim_vfs.hpp"
#include "ports/fakes/dice.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace outpost::embedded::fakes {

struct DiskChange {
    ShimVfs::Change kind = ShimVfs::Change::write;
    std::string file;
    std::string data;     ///< of a write
    std::int64_t at = 0;  ///< offset of the data; the new size; for a removal, whether its folder was synced
};

/// One thread.
class RecordingVfs final : public ShimVfs {
public:
    RecordingVfs() : ShimVfs("recording") {}

    std::size_t size() const { return changes_.size(); }
    /// What happened since the last call, in order.
    std::vector<DiskChange> take() { return std::exchange(changes_, {}); }

private:
    void made(Change change, std::string_view file, std::string_view data, std::int64_t at) override {
        changes_.push_back({change, std::string(file), std::string(data), at});
    }

    std::vector<DiskChange> changes_;
};

/// A folder as its disk has it and as its machine's memory has it: a sync of a file makes the one like the other.
class DiskImage {
public:
    enum class Loss {
        all_unsynced,
        some_unsynced,  ///< in no order; a write may also be there in part
        from_somewhere  ///< what was written last, from any moment on
    };

    /// @param root  of the folder in the names of changes; others are none of its business
    explicit DiskImage(std::filesystem::path root) : root_(std::move(root)) {}

    void apply(const DiskChange& change) {
        if (!change.file.starts_with(root_.string() + "/")) return;
        File& file = files_[change.file.substr(root_.string().size() + 1)];
        if (change.kind != ShimVfs::Change::sync) file.unsynced.push_back(change);
        const bool removed = change.kind == ShimVfs::Change::remove && change.at != 0;
        if (change.kind != ShimVfs::Change::sync && !removed) return;
        if (syncs_folder(change, file)) sync_names(std::filesystem::path(change.file).parent_path());
        for (const DiskChange& earlier : std::exchange(file.unsynced, {})) make(file.durable, earlier);
    }
    bool is_synced() const {
        return std::ranges::all_of(files_, [](const auto& file) { return file.second.unsynced.empty(); });
    }
    /// The folder has another name from now on; memory and disk are what they were.
    void moved_to(std::filesystem::path root) { root_ = std::move(root); }

    /// The power is cut: what is left is all there is.
    void lose(Loss loss, ports::fakes::Dice& dice) {
        for (auto& [name, file] : files_) {
            const std::size_t last = loss == Loss::from_somewhere ? dice.below(file.unsynced.size() + 1) : 0;
            std::size_t number = 0;
            for (DiskChange& change : std::exchange(file.unsynced, {})) {
                const bool kept =
                    loss == Loss::from_somewhere ? number++ < last : loss == Loss::some_unsynced && dice.roll(0.5);
                if (!kept && (is_name(change) || loss == Loss::from_somewhere))
                    break;  // later ones are of another file
                if (!kept) continue;
                if (loss == Loss::some_unsynced && dice.roll(0.3)) tear(change, dice);
                make(file.durable, change);
            }
        }
    }

    /// As the machine sees it: what was not synced is there, too.
    void write_to(const std::filesystem::path& folder) const {
        std::filesystem::create_directories(folder);
        for (const auto& [name, file] : files_) {
            std::optional<std::string> content = file.durable;
            for (const DiskChange& change : file.unsynced) make(content, change);
            if (!content) continue;
            std::filesystem::create_directories((folder / name).parent_path());
            std::ofstream(folder / name, std::ios::binary)
                .write(content->data(), static_cast<std::streamsize>(content->size()));
        }
    }

private:
    struct File {
        std::optional<std::string> durable;
        std::vector<DiskChange> unsynced;
    };

    static bool is_name(const DiskChange& change) {
        return change.kind == ShimVfs::Change::create || change.kind == ShimVfs::Change::remove;
    }
    /// SQLite syncs the folder with the first sync of a journal or WAL that it has created.
    static bool syncs_folder(const DiskChange& change, const File& file) {
        const bool journal = change.file.ends_with("-wal") || change.file.ends_with("-journal");
        return journal && std::ranges::any_of(file.unsynced, is_name);
    }
    void sync_names(const std::filesystem::path& folder) {
        for (auto& [name, file] : files_) {
            if ((root_ / name).parent_path() != folder) continue;
            auto after = std::find_if(file.unsynced.rbegin(), file.unsynced.rend(), is_name).base();
            if (after == file.unsynced.begin()) continue;
            make(file.durable, *(after - 1));
            file.unsynced.erase(file.unsynced.begin(), after);
        }
    }

    static void tear(DiskChange& change, ports::fakes::Dice& dice) {
        constexpr std::size_t kSectorBytes = 512;
        const std::size_t cut = dice.below(change.data.size() + 1);
        change.data.resize(dice.roll(0.5) ? cut : cut / kSectorBytes * kSectorBytes);
    }
    static void make(std::optional<std::string>& content, const DiskChange& change) {
        using enum ShimVfs::Change;
        const auto at = static_cast<std::size_t>(change.at);
        if (change.kind == create) content.emplace();
        if (change.kind == remove) content.reset();
        if (!content) return;
        if (change.kind == truncate) content->resize(at);
        if (change.kind != write) return;
        if (content->size() < at + change.data.size()) content->resize(at + change.data.size());
        content->replace(at, change.data.size(), change.data);
    }

    std::filesystem::path root_;
    std::map<std::string, File> files_;
};

}  // namespace outpost::embedded::fakes
