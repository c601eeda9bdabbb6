// A folder of its own, and a configuration loaded in it.
#pragma once

#include "app/config/load.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace outpost::app {

class LoadFixture : public testing::Test {
protected:
    LoadFixture() {
        std::string pattern = (std::filesystem::temp_directory_path() / "outpost-config-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        sources_.working_directory = directory_;
    }
    ~LoadFixture() override { std::filesystem::remove_all(directory_); }

    void write(const std::string& name, const std::string& text) {
        const std::filesystem::path path = directory_ / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    std::string path(const std::string& name) const { return (directory_ / name).string(); }

    using Environment = std::map<std::string, std::string>;

    Config load(const Environment& environment = {}) {
        sources_.environment = environment;
        auto config = load_config(sources_);
        if (config) return std::move(*config);
        ADD_FAILURE() << config.error().text();
        return {};
    }
    /// What stops the start; empty when nothing does.
    std::vector<std::string> problems(const Environment& environment = {}) {
        sources_.environment = environment;
        auto config = load_config(sources_);
        return config ? std::vector<std::string>() : config.error().lines;
    }
    std::string only_problem(const Environment& environment = {}) {
        const auto lines = problems(environment);
        EXPECT_EQ(lines.size(), 1u) << testing::PrintToString(lines);
        return lines.empty() ? "" : lines.front();
    }

    std::filesystem::path directory_;
    ConfigSources sources_;
};

using Lines = std::vector<std::string>;

}  // namespace outpost::app
