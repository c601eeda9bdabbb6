// docs/configuration.md says of each setting what the program does.
#include "app/config/other_names.hpp"
#include "app/config/setting.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace outpost::app {
namespace {

constexpr std::string_view kOtherNames = "## Other names of Outpost 1.2";

std::string document() {
    std::ifstream file(OUTPOST_DOCS "/configuration.md");
    EXPECT_TRUE(file.is_open());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string without_ticks(std::string text) {
    std::erase(text, '`');
    return text;
}

struct Row {
    std::string path, shown_default, values, effect;
};

/// The cells of `| a | b |`.
std::vector<std::string> cells_of(std::string_view line) {
    std::vector<std::string> cells;
    line.remove_prefix(1);
    for (std::size_t bar = line.find('|'); bar != std::string_view::npos; bar = line.find('|')) {
        cells.emplace_back(trimmed(line.substr(0, bar)));
        line.remove_prefix(bar + 1);
    }
    return cells;
}

/// Rows by variable, of the tables before kOtherNames.
std::map<std::string, Row> rows() {
    std::map<std::string, Row> found;
    std::istringstream lines(document());
    for (std::string line; std::getline(lines, line) && line != kOtherNames;) {
        if (!line.starts_with("| `")) continue;
        const std::vector<std::string> cells = cells_of(line);
        EXPECT_EQ(cells.size(), 5u) << line;
        if (cells.size() != 5) continue;
        EXPECT_TRUE(found.emplace(without_ticks(cells[0]), Row{cells[1], cells[2], cells[3], cells[4]}).second) << line;
    }
    return found;
}

std::string documented_default(const Setting& setting) {
    const ShownValue value = setting.show(Config{});
    if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "`true`" : "`false`";
    if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("`{}`", *number);
    const std::string& text = std::get<std::string>(value);
    if (text == "<default>") return "unset";
    return text.empty() || text == "[]" ? "–" : fmt::format("`{}`", text);
}

/// What the column of values must say; empty when that is for words.
std::string documented_values(const Setting& setting) {
    if (setting.secret) return "secret";
    const ShownValue value = setting.show(Config{});
    if (std::holds_alternative<bool>(value)) return "boolean";
    if (!std::holds_alternative<std::int64_t>(value)) return {};
    const bool any = setting.number.min == NumberRule().min;
    return any ? "integer" : fmt::format("{}–{}", setting.number.min, setting.number.max);
}

TEST(ConfigurationDocument, HasOneRowForEachSettingAndNoOther) {
    std::set<std::string> documented, existing;
    for (const auto& [variable, row] : rows()) documented.insert(variable);
    for (const Setting& setting : settings()) existing.emplace(setting.names.variable);
    EXPECT_EQ(documented, existing);
}

TEST(ConfigurationDocument, SaysNamesDefaultsAndLimits) {
    const auto documented = rows();
    for (const Setting& setting : settings()) {
        const auto found = documented.find(std::string(setting.names.variable));
        if (found == documented.end()) continue;  // the test above says so
        SCOPED_TRACE(found->first);
        EXPECT_EQ(found->second.path, fmt::format("`{}`", setting.names.path));
        EXPECT_EQ(found->second.shown_default, documented_default(setting));
        if (const std::string values = documented_values(setting); !values.empty())
            EXPECT_EQ(found->second.values, values);
        EXPECT_FALSE(found->second.effect.empty());
    }
}

TEST(ConfigurationDocument, NamesNoOtherVariableThatIsUnknown) {
    const std::string text = document();
    const std::size_t start = text.find(kOtherNames);
    ASSERT_NE(start, std::string::npos);
    std::size_t names = 0;
    for (std::size_t tick = text.find('`', start); tick != std::string::npos; tick = text.find('`', tick + 1)) {
        const std::size_t end = text.find('`', tick + 1);
        ASSERT_NE(end, std::string::npos);
        const std::string name = text.substr(tick + 1, end - tick - 1);
        tick = end;
        const bool is_variable = std::ranges::all_of(
            name, [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
        if (!is_variable) continue;
        ++names;
        const std::string canonical = canonical_name(name, Origin::environment);
        EXPECT_TRUE(fate_of(canonical, Origin::environment) || find_setting(canonical, Origin::environment)) << name;
    }
    EXPECT_GT(names, 30u);
}

TEST(ConfigurationDocument, MentionsEachFamilyOfOtherNames) {
    const std::string text = document().substr(document().find(kOtherNames));
    for (const std::string& name : other_variables())
        EXPECT_NE(text.find(name.substr(0, name.find('_') + 1)), std::string::npos) << name;
}

}  // namespace
}  // namespace outpost::app
