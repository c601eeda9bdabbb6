#include "backends/embedded/tools/backup_manifest.hpp"

#include "base/json.hpp"
#include "base/json_writer.hpp"

namespace outpost::embedded {
namespace {

constexpr std::int64_t kFormat = 1;

/// Below the folder, and in it: neither absolute nor with "..".
bool is_inside(const std::string& name) {
    const std::filesystem::path path(name);
    if (name.empty() || path.is_absolute()) return false;
    return std::ranges::none_of(path, [](const auto& part) { return part == ".." || part == "."; });
}

Result<CopiedFile> read_file_entry(const json::value& value) {
    const auto wrong = [] { return fail(Errc::corrupt, "backup.json has an entry that is no file"); };
    if (!value.is_object()) return wrong();
    const json::object& entry = value.get_object();
    const json::value* const name = entry.if_contains("name");
    const json::value* const bytes = entry.if_contains("bytes");
    const json::value* const xxh3 = entry.if_contains("xxh3");
    if (name == nullptr || bytes == nullptr || xxh3 == nullptr || !name->is_string() || !bytes->is_int64() ||
        !xxh3->is_string() || bytes->get_int64() < 0) {
        return wrong();
    }
    CopiedFile file{.name = std::string(std::string_view(name->get_string())),
                    .bytes = static_cast<std::uint64_t>(bytes->get_int64()),
                    .xxh3 = std::string(std::string_view(xxh3->get_string()))};
    if (!is_inside(file.name)) return fail(Errc::corrupt, fmt::format("backup.json names {:?}", file.name));
    return file;
}

}  // namespace

std::string to_json(const BackupManifest& manifest) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.member("format", kFormat);
    json.member("made_at", manifest.made_at);
    json.key("files");
    json.begin_array();
    for (const CopiedFile& file : manifest.files) {
        json.begin_object();
        json.member("name", file.name);
        json.member("bytes", file.bytes);
        json.member("xxh3", file.xxh3);
        json.end_object();
    }
    json.end_array();
    json.end_object();
    text += '\n';
    return text;
}

Result<BackupManifest> parse_backup_manifest(std::string_view text) {
    TRY(const json::value value, parse_json(text));
    if (!value.is_object()) return fail(Errc::corrupt, "backup.json is no object");
    const json::object& object = value.get_object();
    const json::value* const format = object.if_contains("format");
    if (format == nullptr || !format->is_int64()) return fail(Errc::corrupt, "backup.json has no format");
    if (format->get_int64() != kFormat) {
        return fail(Errc::corrupt, fmt::format("the backup was made by another version (format {}, this one knows {})",
                                               format->get_int64(), kFormat));
    }
    BackupManifest manifest;
    if (const json::value* made = object.if_contains("made_at"); made != nullptr && made->is_string()) {
        if (const auto time = parse_rfc3339(std::string_view(made->get_string()))) manifest.made_at = *time;
    }
    const json::value* const files = object.if_contains("files");
    if (files == nullptr || !files->is_array()) return fail(Errc::corrupt, "backup.json lists no files");
    for (const json::value& entry : files->get_array()) {
        TRY(CopiedFile file, read_file_entry(entry));
        manifest.files.push_back(std::move(file));
    }
    return manifest;
}

}  // namespace outpost::embedded
