#include "backends/embedded/tools/backup.hpp"

#include "backends/embedded/engine/directory_lock.hpp"
#include "backends/embedded/engine/maintenance.hpp"
#include "backends/embedded/engine/retention.hpp"
#include "backends/embedded/log/segment_file.hpp"
#include "backends/embedded/retain/segment_files.hpp"
#include "backends/embedded/tools/backup_manifest.hpp"
#include "base/test_point.hpp"

#include <fstream>

namespace outpost::embedded {
namespace {

namespace fs = std::filesystem;

/// Absolute, without ".." and links as far as it exists.
fs::path resolved(const fs::path& path) {
    std::error_code error;
    fs::path whole = fs::weakly_canonical(fs::absolute(path), error);
    if (error) whole = fs::absolute(path).lexically_normal();
    return whole.has_filename() ? whole : whole.parent_path();
}

bool lies_in(const fs::path& inner, const fs::path& outer) {
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

Result<void> check_target(const fs::path& target, const fs::path& partial, const fs::path& data) {
    std::error_code error;
    if (lies_in(target, data)) {
        return fail(Errc::conflict, fmt::format("{} lies in the data directory", target.string()));
    }
    if (fs::exists(target, error)) return fail(Errc::conflict, fmt::format("{} exists already", target.string()));
    if (fs::exists(partial, error)) {
        return fail(Errc::conflict,
                    fmt::format("{} is left of a backup that did not end: remove it first", partial.string()));
    }
    return {};
}

/// One backup on its way.
class Backup {
public:
    Backup(const DataPaths& from, fs::path to) : from_(from), to_{std::move(to)} {}

    Result<void> run(TimePoint now) {
        TRY_VOID(make_private_directory(to_.root));
        TRY_VOID(make_private_directory(to_.log()));
        TRY_VOID(add_database("control.db"));
        test_point("backup.control_copied");
        TRY_VOID(add_other_databases());
        TRY_VOID(add_log());
        TRY_VOID(add_secrets());
        test_point("backup.before_manifest");
        return finish(now);
    }
    std::uint64_t bytes() const {
        std::uint64_t sum = 0;
        for (const CopiedFile& file : manifest_.files) sum += file.bytes;
        return sum;
    }
    std::size_t files() const { return manifest_.files.size(); }
    bool has_seal_secret() const { return has_seal_secret_; }

private:
    Result<void> measured(const std::string& name) {
        TRY(CopiedFile file, measure_file(to_.root, name));
        manifest_.files.push_back(std::move(file));
        return {};
    }
    Result<void> add_database(const std::string& name) {
        TRY_VOID(copy_database(from_.root / name, to_.root / name));
        return measured(name);
    }
    Result<void> add_file(const std::string& name) {
        TRY_VOID(embedded::copy_file(from_.root / name, to_.root / name));
        return measured(name);
    }
    Result<void> add_other_databases() {
        std::error_code error;
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(from_.root, error)) {
            const std::string name = entry.path().filename().string();
            if (entry.path().extension() == ".db" && name != "control.db") names.push_back(name);
        }
        for (const std::string& name : names) TRY_VOID(add_database(name));
        return {};
    }
    /// After control.db, so that the log holds all that the projections have seen. What it calls sealed never changes;
    /// the rest is copied as a database, oldest first: what is there of the last one is a beginning of the log's end.
    Result<void> add_log() {
        TRY(Database control, Database::open(to_.control(), OpenMode::immutable));
        TRY(const auto sealed, read_manifest(control));
        TRY(const std::uint32_t first, first_segment_kept(control));
        TRY(std::vector<std::uint32_t> numbers, list_segments(from_.log()));
        std::erase_if(numbers, [&](std::uint32_t number) { return number < first; });
        const auto is_sealed = [&](std::uint32_t number) { return sealed.contains(number); };
        std::ranges::sort(numbers, {}, [&](std::uint32_t number) { return std::pair(is_sealed(number), number); });
        for (const std::uint32_t number : numbers) {
            const std::string name = fmt::format("log/{:08}.db", number);
            TRY_VOID(is_sealed(number) ? add_file(name) : add_database(name));
            if (is_sealed(number)) TRY_VOID(add_side_files(number));
            test_point("backup.segment_copied");
        }
        return {};
    }
    /// What sealing made beside the segment; SQLite's own side files are none of it.
    Result<void> add_side_files(std::uint32_t number) {
        const std::string prefix = fmt::format("{:08}.", number);
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(from_.log(), error)) {
            const std::string name = entry.path().filename().string();
            if (name.starts_with(prefix) && !name.starts_with(prefix + "db")) names.push_back(name);
        }
        for (const std::string& name : names) TRY_VOID(add_file("log/" + name));
        return {};
    }
    Result<void> add_secrets() {
        std::error_code error;
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(from_.secrets(), error)) {
            if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
        }
        if (!names.empty()) TRY_VOID(make_private_directory(to_.secrets()));
        for (const std::string& name : names) TRY_VOID(add_file("secrets/" + name));
        if (!names.empty()) TRY_VOID(sync_folder(to_.secrets()));
        has_seal_secret_ = std::ranges::find(names, "aes_encryption_secret") != names.end();
        return {};
    }
    Result<void> finish(TimePoint now) {
        manifest_.made_at = now;
        const fs::path file = to_.root / kBackupManifest;
        const std::string text = to_json(manifest_);
        std::ofstream out(file, std::ios::binary | std::ios::trunc);
        out.write(text.data(), static_cast<std::streamsize>(text.size()));
        out.close();
        if (!out) return fail(Errc::unavailable, fmt::format("cannot write {}", file.string()));
        TRY_VOID(sync_file(file));
        TRY_VOID(sync_folder(to_.log()));
        return sync_folder(to_.root);
    }

    DataPaths from_, to_;
    BackupManifest manifest_;
    bool has_seal_secret_ = false;
};

Result<BackupManifest> read_backup(const fs::path& backup) {
    const fs::path file = backup / kBackupManifest;
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return fail(Errc::not_found, fmt::format("{} is no backup: it has no {}", backup.string(), kBackupManifest));
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    auto manifest = parse_backup_manifest(text);
    if (!manifest) return fail(Error(Errc::corrupt, file.string(), manifest.error()));
    return manifest;
}

Result<void> verify_files(const fs::path& backup, const BackupManifest& manifest) {
    for (const CopiedFile& file : manifest.files) {
        TRY(const CopiedFile found, measure_file(backup, file.name));
        if (found == file) continue;
        return fail(Errc::corrupt, fmt::format("{} is not what was backed up ({} bytes, {} expected; the digest {})",
                                               (backup / file.name).string(), found.bytes, file.bytes,
                                               found.xxh3 == file.xxh3 ? "fits" : "does not fit"));
    }
    return {};
}

/// Rows of a segment that is in a backup.
Result<std::uint64_t> rows_in(const fs::path& file) {
    TRY(Database segment, Database::open(file, OpenMode::immutable));
    TRY(const auto rows,
        segment.query_integer("SELECT (SELECT count(*) FROM events) + (SELECT count(*) FROM attempts) +"
                              " (SELECT count(*) FROM decisions)"));
    return static_cast<std::uint64_t>(rows.value_or(0));
}

/// The projections must have seen nothing that the log lacks: rows that are written later would take the place of those
/// that are missing. @return how many deliveries are open
Result<std::int64_t> check_watermark(const fs::path& backup) {
    const DataPaths paths{backup};
    TRY(Database control, Database::open(paths.control(), OpenMode::immutable));
    TRY(const auto numbers, list_segments(paths.log()));
    TRY(const auto segment, control.query_integer("SELECT segment FROM projection WHERE name = 'open_deliveries'"));
    TRY(const auto row, control.query_integer("SELECT row FROM projection WHERE name = 'open_deliveries'"));
    if (segment.value_or(0) > 0) {
        const auto number = static_cast<std::uint32_t>(*segment);
        const bool known = std::ranges::binary_search(numbers, number);
        std::uint64_t rows = 0;
        if (known) {
            TRY(rows, rows_in(segment_path(paths.log(), number)));
        }
        if (!known || rows < static_cast<std::uint64_t>(row.value_or(0))) {
            return fail(Errc::corrupt,
                        fmt::format("control.db has seen row {} of segment {}, but the log of the backup "
                                    "ends before: these files are not of one moment",
                                    row.value_or(0), number));
        }
    }
    TRY(const auto open, control.query_integer("SELECT count(*) FROM open_deliveries"));
    return open.value_or(0);
}

Result<void> put_in_place(const fs::path& partial, const fs::path& target) {
    std::error_code error;
    fs::rename(partial, target, error);  // over an empty folder, too
    if (error) {
        return fail(Errc::unavailable,
                    fmt::format("cannot rename {} to {}: {}", partial.string(), target.string(), error.message()));
    }
    return sync_folder(target.parent_path());
}

}  // namespace

Result<void> back_up(const DataPaths& paths, const fs::path& given, const Clock& clock, const Say& say) {
    TRY_VOID(expect_data(paths));
    const fs::path target = resolved(given);
    const fs::path partial = target.string() + ".partial";
    TRY_VOID(check_target(target, partial, resolved(paths.root)));
    TRY(const RetentionHold hold, RetentionHold::take(paths.root, RetentionHold::Wish::share));
    Backup backup(paths, partial);
    if (auto copied = backup.run(clock.now()); !copied) {
        std::error_code error;
        fs::remove_all(partial, error);
        return copied;
    }
    test_point("backup.before_rename");
    TRY_VOID(put_in_place(partial, target));
    test_point("backup.after_rename");
    say(fmt::format("{} files, {} bytes in {}", backup.files(), backup.bytes(), target.string()));
    say(backup.has_seal_secret()
            ? "The keys of the data directory are in it: keep it as safe as the directory."
            : "AES_ENCRYPTION_SECRET is not in it: without that secret the destinations' credentials can't be read.");
    return {};
}

Result<void> restore(const fs::path& given, const DataPaths& paths, const Say& say) {
    const fs::path backup = resolved(given);
    const fs::path target = resolved(paths.root);
    std::error_code error;
    if (fs::exists(target, error) && !fs::is_empty(target, error)) {
        return fail(Errc::conflict, fmt::format("{} is not empty: move it away first", target.string()));
    }
    TRY(const BackupManifest manifest, read_backup(backup));
    TRY_VOID(verify_files(backup, manifest));
    TRY(const std::int64_t open, check_watermark(backup));
    const fs::path partial = target.string() + ".partial";
    if (fs::exists(partial, error)) {
        return fail(Errc::conflict,
                    fmt::format("{} is left of a restore that did not end: remove it first", partial.string()));
    }
    auto copy = [&]() -> Result<void> {
        TRY_VOID(make_private_directory(partial));
        TRY_VOID(make_private_directory(partial / "log"));
        for (const CopiedFile& file : manifest.files) {
            TRY_VOID(make_private_directory((partial / file.name).parent_path()));
            TRY_VOID(embedded::copy_file(backup / file.name, partial / file.name));
        }
        TRY_VOID(sync_folder(partial / "log"));
        test_point("restore.before_rename");
        return sync_folder(partial);
    };
    if (auto copied = copy(); !copied) {
        fs::remove_all(partial, error);
        return copied;
    }
    TRY_VOID(put_in_place(partial, target));
    say(fmt::format("{} files restored to {}, as of {}", manifest.files.size(), target.string(),
                    to_rfc3339(manifest.made_at)));
    say(
        fmt::format("{} deliveries are open: the service sends them when they are due, also those that were sent after "
                    "the backup was made.",
                    open));
    return {};
}

}  // namespace outpost::embedded
