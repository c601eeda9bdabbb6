// What the machine itself takes, measured in the same run, and what is durable in it.
#include "bench.hpp"
#include "figures.hpp"

#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace outpost::bench {
namespace {

constexpr int kSyncs = 500;

/// Type and device of the file system that holds `path`: the longest mount point above it.
std::string file_system(const std::filesystem::path& path) {
    const std::string below = std::filesystem::canonical(path).string() + "/";
    std::ifstream mounts("/proc/self/mounts");
    std::string device, point, type, rest, best, found = "unknown";
    while (mounts >> device >> point >> type && std::getline(mounts, rest)) {
        if (point.size() < best.size() || !below.starts_with(point == "/" ? point : point + "/")) continue;
        best = point;
        found = fmt::format("{} ({})", type, device);
    }
    return found;
}

}  // namespace

void print_durability(const Options& options) {
    std::filesystem::create_directories(options.directory);
    fmt::print("durable: log fsynced before each 202 (WAL, synchronous=FULL); projections NORMAL; data on {}\n",
               file_system(options.directory));
}

void print_floor(const Options& options) {
    Load load(0, "");
    std::vector<double> request;
    for (int i = 0; i < options.repeats; ++i) request.push_back(load.direct_request_us(20'000));
    fmt::print("floor  one 1 KB request, our client and server in one thread: {} CPU\n", spread(request, "µs"));
    const std::string file = (options.directory / "floor.dat").string();
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const std::string block(4096, 'x');
    std::vector<double> syncs;
    for (int i = 0; i < kSyncs; ++i) {
        const std::int64_t begin = now_us();
        if (::write(descriptor, block.data(), block.size()) < 0 || ::fdatasync(descriptor) != 0) give_up("fdatasync");
        syncs.push_back(static_cast<double>(now_us() - begin) / 1e3);
    }
    ::close(descriptor);
    const double p50 = percentile(syncs, 50);
    fmt::print("floor  fdatasync after 4 KiB: p50 {:.2f} ms, p99 {:.2f} ms\n", p50, percentile(syncs, 99));
    std::fflush(stdout);
}

}  // namespace outpost::bench
