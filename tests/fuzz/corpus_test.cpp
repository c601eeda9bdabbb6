// Replays every seed of every fuzzer, whole, cut short and slightly changed. A fuzzer that finds a fault ends the
// process with the place; the last test that gtest named tells the seed.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

namespace outpost::fuzz {

#define FUZZER(name) void name(std::string_view input);
#include "fuzzers.inc"
#undef FUZZER

namespace {

constexpr std::size_t kVariantsOfSeed = 24;  // cut ones, and as many changed ones
constexpr std::size_t kVariantsOnDisk = 2;   // the same, where each takes milliseconds

struct Seed {
    std::string fuzzer;
    void (*run)(std::string_view input) = nullptr;
    std::filesystem::path file;
};

void add_seeds(std::vector<Seed>& seeds, std::string_view fuzzer, void (*run)(std::string_view)) {
    const std::filesystem::path folder = std::filesystem::path(OUTPOST_FUZZ_CORPUS) / fuzzer;
    std::error_code missing;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder, missing)) files.push_back(entry.path());
    std::ranges::sort(files);
    if (files.empty()) seeds.push_back({std::string(fuzzer), run, folder});  // fails below: there is nothing to read
    for (auto& file : files) seeds.push_back({std::string(fuzzer), run, std::move(file)});
}

std::vector<Seed> all_seeds() {
    std::vector<Seed> seeds;
#define FUZZER(name) add_seeds(seeds, #name, &name);
#include "fuzzers.inc"
#undef FUZZER
    return seeds;
}

std::string name_of(const testing::TestParamInfo<Seed>& seed) {
    std::string name = seed.param.fuzzer + "_" + seed.param.file.filename().string();
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
    }
    return name;
}

class CorpusTest : public testing::TestWithParam<Seed> {};

TEST_P(CorpusTest, HoldsForTheSeedAndItsVariants) {
    const Seed& seed = GetParam();
    std::ifstream file(seed.file, std::ios::binary);
    ASSERT_TRUE(file.is_open()) << seed.file;
    const std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    ASSERT_FALSE(content.empty()) << seed.file;
    seed.run(content);
    const bool on_disk = seed.fuzzer == "segment_fuzz" || seed.fuzzer == "control_db_fuzz";
    const std::size_t variants = on_disk ? kVariantsOnDisk : kVariantsOfSeed;
    std::mt19937 random(static_cast<unsigned>(content.size()));
    for (std::size_t variant = 0; variant < variants; ++variant) {
        seed.run(std::string_view(content).substr(0, variant * content.size() / variants));
        std::string changed = content;
        changed[random() % changed.size()] = static_cast<char>(random());
        seed.run(changed);
    }
}

INSTANTIATE_TEST_SUITE_P(Fuzzers, CorpusTest, testing::ValuesIn(all_seeds()), name_of);

}  // namespace
}  // namespace outpost::fuzz
