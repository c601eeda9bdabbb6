#include "app/cli_commands.hpp"

#include "app/config/load_fixture.hpp"
#include "app/secrets.hpp"

#include <sstream>

namespace outpost::app {
namespace {

class Commands : public LoadFixture {
protected:
    int run(std::vector<std::string> words, const Environment& environment = {}) {
        out_.str("");
        err_.str("");
        words.insert(words.begin(), program_);
        return run_command(parse_command_line(words),
                           {.environment = environment, .working_directory = directory_, .out = out_, .err = err_});
    }

    std::string program_ = "outpost";
    std::ostringstream out_, err_;
};

TEST_F(Commands, ConfigListAlignsItsFields) {  // config.md §7.2
    write(".env", "API_PORT=4000\nAPI_KEY=hush\n");
    EXPECT_EQ(run({"config", "list"}), 0);
    EXPECT_EQ(err_.str(), "");
    std::istringstream lines(out_.str());
    std::string line, before;
    std::size_t column = 0;
    while (std::getline(lines, line)) {
        EXPECT_LT(before, line);
        const std::size_t value_at =
            line.find("  ") == std::string::npos ? 0 : line.find_first_not_of(' ', line.find(' '));
        if (value_at != std::string::npos) {
            if (column == 0) column = value_at;
            EXPECT_EQ(value_at, column) << line;
        }
        before = line;
    }
    EXPECT_NE(out_.str().find("api_key_configured  "), std::string::npos);
    EXPECT_EQ(out_.str().find("hush"), std::string::npos);
}

TEST_F(Commands, ConfigListWarnsOfAnInvalidOneAndStillExitsWithZero) {
    EXPECT_EQ(run({"config", "list"}, {{"SERVICE", "x"}, {"DEPLOYMENT_ID", "y"}}), 0);
    EXPECT_EQ(err_.str(), "\nWarning: config is invalid: config validation error: invalid service type\n");
    EXPECT_NE(out_.str().find("deployment_id"), std::string::npos);
}

TEST_F(Commands, ConfigListFailsForWhatCannotBeRead) {
    EXPECT_EQ(run({"config", "list"}, {{"API_PORT", "x"}}), 1);
    EXPECT_EQ(err_.str(), "Error: load config: API_PORT: \"x\" is not an integer\n");
    EXPECT_EQ(out_.str(), "");
}

TEST_F(Commands, ConfigCheckSaysEverythingAndExitsWithOne) {
    EXPECT_EQ(run({"config", "check"}, {{"API_PORT", "x"}, {"SERVICE", "x"}}), 1);
    EXPECT_EQ(err_.str(),
              "Error: API_PORT: \"x\" is not an integer\nError: config validation error: invalid service type\n");
    EXPECT_EQ(run({"config", "check"}, {{"API_PROT", "1"}}), 0);
    EXPECT_EQ(err_.str(), "Warning: API_PROT is not read: did you mean API_PORT?\n");
    EXPECT_EQ(out_.str(), "The configuration is valid.\n");
}

TEST_F(Commands, OutpostServerSaysErrorsBare) {  // config.md §7.1
    program_ = "/usr/local/bin/outpost-server";
    EXPECT_EQ(run({"config", "check"}, {{"SERVICE", "x"}}), 1);
    EXPECT_EQ(err_.str(), "config validation error: invalid service type\n");
}

TEST_F(Commands, KeyPrintsTheConfiguredOne) {
    EXPECT_EQ(run({"key"}, {{"API_KEY", "mine"}}), 0);
    EXPECT_EQ(out_.str(), "mine\n");
}

TEST_F(Commands, KeyPrintsTheOneInTheDataDirectory) {  // decision A15
    EXPECT_EQ(run({"key"}), 1);
    EXPECT_TRUE(err_.str().starts_with("Error: there is no API key in " + path("data") + " yet")) << err_.str();
    EXPECT_FALSE(std::filesystem::exists(directory_ / "data")) << "asking makes none";
    const auto made = load_or_make_secret(directory_ / "elsewhere", kApiKeyFile);
    ASSERT_TRUE(made.has_value());
    EXPECT_EQ(run({"key"}, {{"DATA_DIR", "elsewhere"}}), 0);
    EXPECT_EQ(out_.str(), *made + "\n");
    EXPECT_EQ(run({"key"}, {{"DATA_DIR", path("elsewhere")}}), 0);
    EXPECT_EQ(out_.str(), *made + "\n");
}

TEST_F(Commands, MigrateHasNothingToDo) {  // config.md §7.3, decision D2
    const std::map<std::string, std::string> kTexts = {
        {"list", "SQL Migrations:\n\nRedis Migrations:\n\nSummary: 0 SQL pending, 0 Redis pending\n"},
        {"plan", "All migrations are up to date.\n"},
        {"apply", "All migrations are up to date.\n"},
        {"verify",
         "Verifying migrations...\n\nSQL: current=0 latest=0 [OK]\nRedis:\n\nAll migrations verified successfully.\n"},
        {"unlock", "Redis migration lock cleared.\n"},
    };
    for (const auto& [command, text] : kTexts) {
        EXPECT_EQ(run({"migrate", command}), 0);
        EXPECT_EQ(out_.str(), text);
        EXPECT_EQ(err_.str(), "");
    }
    EXPECT_EQ(run({"migrate", "plan"}, {{"SERVICE", "x"}}), 1);
    EXPECT_EQ(err_.str(), "Error: load config: config validation error: invalid service type\n");
}

TEST_F(Commands, HelpGoesToStandardOutputAndMistakesToStandardError) {
    EXPECT_EQ(run({"--version"}), 0);
    EXPECT_EQ(out_.str(), "outpost version " OUTPOST_VERSION "\n");
    EXPECT_EQ(run({"nonsense"}), 1);
    EXPECT_EQ(out_.str(), "");
    EXPECT_TRUE(err_.str().starts_with("Error: "));
}

TEST_F(Commands, DbNamesTheArgumentThatIsMissing) {
    EXPECT_EQ(run({"db", "backup"}), 1);
    EXPECT_EQ(err_.str(), "Error: DIR is required\n");
    EXPECT_EQ(run({"db", "restore"}), 1);
    EXPECT_EQ(err_.str(), "Error: BACKUP is required\n");
    EXPECT_EQ(run({"db"}), 0);
    EXPECT_NE(out_.str().find("reindex"), std::string::npos);
}

TEST_F(Commands, DbSaysWhereItLookedForData) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
             {"db", "check"}, {"db", "reindex"}, {"db", "export"}, {"db", "backup", "b"}}) {
        EXPECT_EQ(run(words), 1) << words[1];
        EXPECT_EQ(err_.str(),
                  "Error: " + path("data") + " holds no data of Outpost: is DATA_DIR the one of the service?\n");
        EXPECT_EQ(out_.str(), "");
    }
    EXPECT_FALSE(std::filesystem::exists(directory_ / "data"));
    EXPECT_EQ(run({"db", "restore", "b"}), 1);
    EXPECT_EQ(err_.str(), "Error: " + path("b") + " is no backup: it has no backup.json\n");
}

TEST_F(Commands, HealthcheckFailsWhenNobodyAnswers) {
    EXPECT_EQ(run({"healthcheck"}, {{"API_PORT", "0"}}), 1);
    EXPECT_TRUE(err_.str().starts_with("Error: 127.0.0.1 port 0: connect: ")) << err_.str();
}

}  // namespace
}  // namespace outpost::app
