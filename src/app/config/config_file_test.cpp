#include "app/config/load_fixture.hpp"

namespace outpost::app {
namespace {

using ConfigFileChoice = LoadFixture;

TEST_F(ConfigFileChoice, TakesTheFirstThatExists) {  // config.md §1.2
    EXPECT_EQ(load().config_file_path, "");
    const std::vector<std::string> kOrder = {"config/outpost/.env", "config/outpost/config.yaml", "config/outpost.yaml",
                                             ".outpost.yaml", ".env"};
    for (const std::string& name : kOrder) {  // each one hides those before it
        write(name, name.ends_with(".env") ? "DEPLOYMENT_ID=x\n" : "deployment_id: x\n");
        EXPECT_EQ(load().config_file_path, name);
    }
}

TEST_F(ConfigFileChoice, NeverMergesTwo) {
    write(".env", "DEPLOYMENT_ID=from-dotenv\n");
    write(".outpost.yaml", "api_key: from-yaml\n");
    const Config config = load();
    EXPECT_EQ(config.deployment_id, "from-dotenv");
    EXPECT_EQ(config.api_key, "");
}

TEST_F(ConfigFileChoice, IsTheOperatorsByFlagOrVariable) {
    write(".env", "DEPLOYMENT_ID=stray\n");
    write("mine.yml", "deployment_id: mine\n");
    EXPECT_EQ(load({{"CONFIG", path("mine.yml")}}).deployment_id, "mine");
    sources_.config_flag = "mine.yml";
    EXPECT_EQ(load().deployment_id, "mine");
    EXPECT_EQ(load({{"CONFIG", "mine.yml"}}).config_file_path, "mine.yml");
    EXPECT_EQ(only_problem({{"CONFIG", "other.yml"}}), "conflicting config paths: flag=mine.yml env=other.yml");
}

TEST_F(ConfigFileChoice, FailsWhenTheFileCannotBeRead) {
    sources_.config_flag = "missing.yaml";
    const std::string missing = only_problem();
    EXPECT_TRUE(missing.starts_with("error reading config file: open ")) << missing;
    EXPECT_TRUE(missing.ends_with("missing.yaml: no such file or directory")) << missing;
    std::filesystem::create_directory(directory_ / ".env");
    sources_.config_flag = std::nullopt;
    EXPECT_TRUE(only_problem().ends_with(".env: is a directory"));
}

TEST_F(ConfigFileChoice, IgnoresAnEmptyFileAndRefusesAHugeOne) {
    write(".env", "");
    EXPECT_EQ(load().config_file_path, "");
    write(".env", std::string((1 << 20) + 1, '#'));
    EXPECT_NE(only_problem().find("it is larger than 1048576 bytes"), std::string::npos);
}

TEST_F(ConfigFileChoice, ReadsByTheEndOfTheName) {  // config.md §1.3
    write("settings.ENV", "DEPLOYMENT_ID=dotenv\n");
    write("settings.json", R"({"deployment_id": "json"})");
    write("settings", "deployment_id: plain\n");
    for (const auto& [name, id] :
         Environment{{"settings.ENV", "dotenv"}, {"settings.json", "json"}, {"settings", "plain"}})
        EXPECT_EQ(load({{"CONFIG", name}}).deployment_id, id);
    write("settings", "deployment_id: [");
    EXPECT_TRUE(only_problem({{"CONFIG", "settings"}}).starts_with("error parsing yaml config: yaml: line "));
    write("settings.ENV", "DEPLOYMENT_ID='");
    EXPECT_EQ(only_problem({{"CONFIG", "settings.ENV"}}),
              "error loading .env file: line 1: a quoted value does not end");
}

}  // namespace
}  // namespace outpost::app
