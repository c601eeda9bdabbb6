#include "backends/embedded/log/id_filter.hpp"

#include "base/hash.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace outpost::embedded {
namespace {

// The file: a header of one block's size, then the blocks. Numbers are little-endian, as all our machines are.
constexpr std::uint64_t kMagic = 0x3130534449504f4f;  // "OOPIDS01"
constexpr std::size_t kBlockBytes = 64;               // a line of the processor's cache
constexpr std::size_t kIdsPerBlock = 44;
constexpr std::size_t kProbes = 6;

struct Block {
    std::array<std::uint32_t, 15> bits;
    std::uint32_t checksum;  ///< of the bits
};
static_assert(sizeof(Block) == kBlockBytes);
constexpr std::uint32_t kBits = 15 * 32;

struct Header {
    std::uint64_t magic;
    std::uint64_t blocks;
    std::uint64_t checksum;  ///< of what stands before
    std::array<std::uint64_t, 5> unused;
};
static_assert(sizeof(Header) == kBlockBytes);

template <class T>
std::string_view bytes_of(const T& value, std::size_t count) {
    return {reinterpret_cast<const char*>(&value), count};
}
std::uint32_t checksum_of(const Block& block) {
    return static_cast<std::uint32_t>(hash64(bytes_of(block.bits, sizeof(block.bits)), kMagic));
}
std::uint64_t checksum_of(const Header& header) {
    return hash64(bytes_of(header, 2 * sizeof(std::uint64_t)), kMagic);
}

std::uint64_t block_of(std::uint64_t hash, std::uint64_t blocks) {
    return static_cast<std::uint64_t>(static_cast<unsigned __int128>(hash) * blocks >> 64);
}

/// Calls visit(word, mask) for each probe; the block was chosen by the upper bits of the hash.
template <class Visit>
void for_each_probe(std::uint64_t hash, Visit visit) {
    std::uint64_t bits = hash * 0x9E3779B97F4A7C15ULL;
    for (std::size_t probe = 0; probe < kProbes; ++probe, bits = bits * 0xD6E8FEB86659FD93ULL + 1) {
        const auto bit = static_cast<std::uint32_t>((bits >> 32) * kBits >> 32);
        visit(bit / 32, std::uint32_t{1} << bit % 32);
    }
}

std::unexpected<Error> trouble(const char* what, const std::filesystem::path& file) {
    const Errc code = errno == ENOENT ? Errc::not_found : Errc::unavailable;
    return fail(code, fmt::format("cannot {} {}: {}", what, file.string(), std::strerror(errno)));
}

struct Descriptor {
    explicit Descriptor(int number) : value(number) {}
    ~Descriptor() {
        if (value >= 0) ::close(value);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int value;
};

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

std::filesystem::path id_filter_path(const std::filesystem::path& segment_file) {
    return std::filesystem::path(segment_file).replace_extension(".ids");
}

Result<void> IdFilter::write(const std::filesystem::path& file, std::span<const std::uint64_t> hashes) {
    std::vector<Block> blocks(hashes.size() / kIdsPerBlock + 1);
    for (const std::uint64_t hash : hashes) {
        Block& block = blocks[block_of(hash, blocks.size())];
        for_each_probe(hash, [&](std::uint32_t word, std::uint32_t mask) { block.bits[word] |= mask; });
    }
    for (Block& block : blocks) block.checksum = checksum_of(block);
    Header header{.magic = kMagic, .blocks = blocks.size(), .checksum = 0, .unused = {}};
    header.checksum = checksum_of(header);

    const std::filesystem::path unfinished = std::filesystem::path(file).concat(".new");
    const Descriptor out(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (out.value < 0) return trouble("make", unfinished);
    if (!write_all(out.value, bytes_of(header, sizeof(header))) ||
        !write_all(out.value, bytes_of(*blocks.data(), blocks.size() * kBlockBytes)) || ::fsync(out.value) != 0) {
        return trouble("write", unfinished);
    }
    if (::rename(unfinished.c_str(), file.c_str()) != 0) return trouble("rename", unfinished);
    return {};
}

Result<std::shared_ptr<const IdFilter>> IdFilter::open(const std::filesystem::path& file) {
    const Descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (in.value < 0) return trouble("open", file);
    struct stat found{};
    if (::fstat(in.value, &found) != 0) return trouble("look at", file);
    const auto bytes = static_cast<std::size_t>(found.st_size);
    if (bytes < 2 * kBlockBytes) return fail(Errc::corrupt, fmt::format("{} is too short", file.string()));
    const void* const mapped = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, in.value, 0);
    if (mapped == MAP_FAILED) return trouble("map", file);
    Header header;
    std::memcpy(&header, mapped, sizeof(header));
    // shared: a reader may still ask while the segment is being removed
    auto filter = std::shared_ptr<const IdFilter>(new IdFilter(mapped, bytes, header.blocks));
    if (header.magic != kMagic || header.checksum != checksum_of(header) || header.blocks != bytes / kBlockBytes - 1) {
        return fail(Errc::corrupt, fmt::format("{} is no id filter of ours", file.string()));
    }
    return filter;
}

IdFilter::~IdFilter() {
    ::munmap(const_cast<void*>(mapped_), bytes_);
}

bool IdFilter::may_contain(std::uint64_t hash) const {
    Block block;
    const char* const first = static_cast<const char*>(mapped_) + sizeof(Header);
    std::memcpy(&block, first + block_of(hash, blocks_) * kBlockBytes, sizeof(block));
    bool all = true;
    for_each_probe(hash, [&](std::uint32_t word, std::uint32_t mask) { all = all && (block.bits[word] & mask) != 0; });
    return all || block.checksum != checksum_of(block);
}

}  // namespace outpost::embedded
