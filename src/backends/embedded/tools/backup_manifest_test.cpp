#include "backends/embedded/tools/backup_manifest.hpp"

namespace outpost::embedded {
namespace {

TEST(BackupManifest, SurvivesItsOwnText) {
    const BackupManifest manifest{.made_at = TimePoint(Milliseconds(1'767'323'045'678)),
                                  .files = {{"control.db", 4096, "0a"}, {"log/00000001.db", 0, "0b"}}};
    const auto read = parse_backup_manifest(to_json(manifest));
    ASSERT_TRUE(read.has_value()) << read.error().describe();
    EXPECT_EQ(read->made_at, manifest.made_at);
    EXPECT_EQ(read->files, manifest.files);
}

TEST(BackupManifest, RefusesWhatItCannotMean) {
    const auto of = [](const std::string& files, const std::string& format = "1") {
        return R"({"format":)" + format + R"(,"made_at":"2026-01-02T03:04:05Z","files":[)" + files + "]}";
    };
    EXPECT_TRUE(parse_backup_manifest(of("")).has_value());
    const std::vector<std::string> wrong = {
        "",
        "[]",
        "{}",
        of("", "2"),
        of("", "\"1\""),
        R"({"format":1})",
        of("1"),
        of(R"({"name":"a"})"),
        of(R"({"name":"a","bytes":-1,"xxh3":"0"})"),
        of(R"({"name":"../a","bytes":1,"xxh3":"0"})"),
        of(R"({"name":"/etc/passwd","bytes":1,"xxh3":"0"})"),
        of(R"({"name":"log/../../a","bytes":1,"xxh3":"0"})"),
        of(R"({"name":"","bytes":1,"xxh3":"0"})"),
    };
    for (const std::string& text : wrong) EXPECT_FALSE(parse_backup_manifest(text).has_value()) << text;
}

}  // namespace
}  // namespace outpost::embedded
