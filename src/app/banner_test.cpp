#include "app/banner.hpp"

namespace outpost::app {
namespace {

BannerFacts facts() {
    return {.version = "1.2.3",
            .port = 3333,
            .data_dir = "/srv/data",
            .api_key = "secret-key",
            .terminal = true,
            .topic = "user.created",
            .key_command = "DATA_DIR=/srv/data ./outpost key"};
}

TEST(Banner, OnATerminalShowsTheKeyAndCommandsThatUseIt) {  // decision A15
    EXPECT_EQ(
        render_banner(facts()),
        "outpost 1.2.3 listens on http://localhost:3333, data in /srv/data\n"
        "API key: secret-key\n"
        "\n"
        "Make a tenant, send its events to a URL of yours, publish one:\n"
        "\n"
        "  curl -X PUT http://localhost:3333/api/v1/tenants/acme \\\n"
        "    -H 'Authorization: Bearer secret-key'\n"
        "\n"
        "  curl -X POST http://localhost:3333/api/v1/tenants/acme/destinations \\\n"
        "    -H 'Authorization: Bearer secret-key' \\\n"
        "    -H 'Content-Type: application/json' \\\n"
        "    -d '{\"type\":\"webhook\",\"topics\":[\"*\"],\"config\":{\"url\":\"http://localhost:9000/webhook\"}}'\n"
        "\n"
        "  curl -X POST http://localhost:3333/api/v1/publish \\\n"
        "    -H 'Authorization: Bearer secret-key' \\\n"
        "    -H 'Content-Type: application/json' \\\n"
        "    -d '{\"tenant_id\":\"acme\",\"topic\":\"user.created\",\"data\":{\"hello\":\"world\"}}'\n"
        "\n");
}

TEST(Banner, ElsewhereNamesTheCommandThatPrintsTheKey) {
    BannerFacts it = facts();
    it.terminal = false;
    const std::string text = render_banner(it);
    EXPECT_EQ(text.find("secret-key"), std::string::npos);
    EXPECT_NE(text.find("\nThe API key is printed by: DATA_DIR=/srv/data ./outpost key\n"), std::string::npos);
    EXPECT_NE(text.find("-H \"Authorization: Bearer $(DATA_DIR=/srv/data ./outpost key)\""), std::string::npos);
}

TEST(Banner, ElsewhereLeavesAConfiguredKeyInItsVariable) {
    BannerFacts it = facts();
    it.terminal = false;
    it.key_command = "";
    const std::string text = render_banner(it);
    EXPECT_EQ(text.find("secret-key"), std::string::npos);
    EXPECT_NE(text.find("-H \"Authorization: Bearer $API_KEY\""), std::string::npos);
}

TEST(Banner, AsksForNoKeyWhenTheApiIsOpen) {
    BannerFacts it = facts();
    it.api_key = "";
    const std::string text = render_banner(it);
    EXPECT_EQ(text.find("Authorization"), std::string::npos);
    EXPECT_NE(text.find("No API key is asked for"), std::string::npos);
}

TEST(Banner, QuotesWhatAShellOrJsonWouldMisread) {
    BannerFacts it = facts();
    it.topic = "it's \"x\"";
    EXPECT_NE(render_banner(it).find(R"("topic":"it'\''s \"x\"")"), std::string::npos);
    EXPECT_EQ(shell_word("a-b_c/d.e"), "a-b_c/d.e");
    EXPECT_EQ(shell_word("a b"), "'a b'");
    EXPECT_EQ(shell_word("$x"), "'$x'");
    EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(KeyCommand, NamesOnlyWhatIsNotTheDefault) {
    EXPECT_EQ(key_command("outpost", "", ""), "outpost key");
    EXPECT_EQ(key_command("/opt/my apps/outpost", "/srv/d", "a.yaml"),
              "DATA_DIR=/srv/d '/opt/my apps/outpost' key --config a.yaml");
}

}  // namespace
}  // namespace outpost::app
