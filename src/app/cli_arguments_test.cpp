#include "app/cli_arguments.hpp"

namespace outpost::app {
namespace {

using Words = std::vector<std::string>;

CommandLine parse(Words words, const char* program = "outpost") {
    words.insert(words.begin(), program);
    return parse_command_line(words);
}

TEST(CommandLine, NamesAVerb) {  // config.md §7, §13
    const std::vector<std::pair<Words, Verb>> kVerbs = {
        {{}, Verb::serve},
        {{"serve"}, Verb::serve},
        {{"key"}, Verb::key},
        {{"config", "list"}, Verb::config_list},
        {{"config", "check"}, Verb::config_check},
        {{"healthcheck"}, Verb::healthcheck},
        {{"migrate", "list"}, Verb::migrate_list},
        {{"migrate", "plan"}, Verb::migrate_plan},
        {{"migrate", "apply"}, Verb::migrate_apply},
        {{"migrate", "apply", "--yes"}, Verb::migrate_apply},
        {{"migrate", "--verbose", "apply", "-y", "--sql-only", "--redis-only"}, Verb::migrate_apply},
        {{"migrate", "verify"}, Verb::migrate_verify},
        {{"migrate", "unlock", "-y"}, Verb::migrate_unlock},
    };
    for (const auto& [words, verb] : kVerbs) {
        const CommandLine line = parse(words);
        EXPECT_EQ(line.verb, verb) << testing::PrintToString(words) << line.text;
        EXPECT_EQ(line.config, std::nullopt);
    }
}

TEST(CommandLine, TakesTheConfigurationFileInEveryPlaceAndStyle) {
    for (const Words& words :
         {Words{"--config", "a.yaml"}, Words{"-c", "a.yaml"}, Words{"-config", "a.yaml"}, Words{"-config=a.yaml"},
          Words{"--config=a.yaml"}, Words{"config", "--config", "a.yaml", "list"},
          Words{"config", "list", "-c", "a.yaml"}, Words{"migrate", "--config", "a.yaml", "plan"},
          Words{"serve", "--config", "a.yaml"}, Words{"key", "-c", "a.yaml"}})
        EXPECT_EQ(parse(words).config, "a.yaml") << testing::PrintToString(words) << parse(words).text;
}

TEST(CommandLine, TakesTheServiceLikeTheServerOfTheReference) {
    for (const Words& words : {Words{"-service", "api"}, Words{"--service=api"}, Words{"serve", "-service=api"}}) {
        EXPECT_EQ(parse(words).service, "api") << testing::PrintToString(words);
        EXPECT_EQ(parse(words).verb, Verb::serve);
    }
}

TEST(CommandLine, TellsItsVersion) {
    for (const char* flag : {"--version", "-v", "-version"}) {
        const CommandLine line = parse({flag});
        EXPECT_EQ(line.verb, Verb::say);
        EXPECT_EQ(line.exit_code, 0);
        EXPECT_EQ(line.text, "outpost version " OUTPOST_VERSION "\n") << flag;
        EXPECT_EQ(parse({flag}, "/usr/bin/outpost-server").text, OUTPOST_VERSION "\n") << flag;
    }
}

TEST(CommandLine, ExplainsItself) {
    for (const Words& words : {Words{"--help"}, Words{"config"}, Words{"migrate"}, Words{"config", "--help"}}) {
        const CommandLine line = parse(words);
        EXPECT_EQ(line.verb, Verb::say);
        EXPECT_EQ(line.exit_code, 0);
        EXPECT_NE(line.text.find("Usage:"), std::string::npos) << line.text;
    }
    EXPECT_NE(parse({"config"}).text.find("check"), std::string::npos);
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
    for (const Words& words :
         {Words{"start"}, Words{"--redis-host", "x"}, Words{"config", "show"}, Words{"--config"}}) {
        const CommandLine line = parse(words);
        EXPECT_EQ(line.verb, Verb::say) << testing::PrintToString(words);
        EXPECT_EQ(line.exit_code, 1) << testing::PrintToString(words);
        EXPECT_TRUE(line.text.starts_with("Error: ")) << line.text;
    }
    const CommandLine server = parse({"-nonsense"}, "outpost-server");
    EXPECT_EQ(server.exit_code, 2);
    EXPECT_NE(server.text.find("Usage:"), std::string::npos);
}

}  // namespace
}  // namespace outpost::app
