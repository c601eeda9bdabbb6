#include "backends/embedded/log/id_filter.hpp"

#include "backends/embedded/fakes/scratch_folder.hpp"
#include "backends/embedded/log/segment_file.hpp"

namespace outpost::embedded {
namespace {

using namespace fakes;

std::vector<std::uint64_t> hashes_of(const std::string& prefix, std::size_t count) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t i = 0; i < count; ++i) hashes.push_back(event_id_hash(prefix + std::to_string(i)));
    return hashes;
}

class IdFilterTest : public testing::Test {
protected:
    std::shared_ptr<const IdFilter> written(const std::vector<std::uint64_t>& hashes) {
        EXPECT_TRUE(IdFilter::write(file, hashes).has_value());
        auto filter = IdFilter::open(file);
        EXPECT_TRUE(filter.has_value());
        return *filter;
    }
    ScratchFolder folder;
    std::filesystem::path file = id_filter_path(segment_path(folder.path(), 12));
};

TEST_F(IdFilterTest, LiesBesideItsSegment) {
    EXPECT_EQ(file.filename(), "00000012.ids");
}

TEST_F(IdFilterTest, KnowsEveryIdAndHardlyAnyOther) {
    const auto filter = written(hashes_of("evt_", 50'000));
    for (const std::uint64_t hash : hashes_of("evt_", 50'000)) ASSERT_TRUE(filter->may_contain(hash));
    std::size_t wrong = 0;
    for (const std::uint64_t hash : hashes_of("other_", 50'000)) wrong += filter->may_contain(hash) ? 1 : 0;
    EXPECT_LT(wrong, 1'000U) << "of 50 000";
    EXPECT_LT(std::filesystem::file_size(file) * 8, 50'000U * 13);
}

TEST_F(IdFilterTest, OfNoIdsSaysNo) {
    const auto filter = written({});
    for (const std::uint64_t hash : hashes_of("evt_", 100)) EXPECT_FALSE(filter->may_contain(hash));
}

TEST_F(IdFilterTest, AMissingOneIsNotFound) {
    EXPECT_EQ(IdFilter::open(file).error().code(), Errc::not_found);
}

TEST_F(IdFilterTest, DamageNeverHidesAnId) {  // T-06
    const auto hashes = hashes_of("evt_", 2'000);
    ASSERT_TRUE(IdFilter::write(file, hashes).has_value());
    const std::string whole = read_file(file);
    for (std::size_t at = 0; at < whole.size(); at += 97) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x5A);
        write_file(file, damaged);
        const auto filter = IdFilter::open(file);
        if (!filter) {
            EXPECT_EQ(filter.error().code(), Errc::corrupt);
            continue;
        }
        for (const std::uint64_t hash : hashes) ASSERT_TRUE((*filter)->may_contain(hash)) << at;
    }
    for (const std::size_t size : {0UL, 1UL, 64UL, 128UL, whole.size() - 1}) {
        write_file(file, whole.substr(0, size));
        const auto filter = IdFilter::open(file);
        EXPECT_FALSE(filter.has_value()) << size;
    }
}

}  // namespace
}  // namespace outpost::embedded
