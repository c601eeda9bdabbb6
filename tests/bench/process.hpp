// The program under test as its own process, and what the kernel says of it.
#pragma once

#include "base/result.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>

namespace outpost::bench {

/// Started with an environment of its own; killed when destroyed.
class Process {
public:
    /// @param output  where its stdout and stderr go
    static Result<Process> start(const std::filesystem::path& binary, std::map<std::string, std::string> environment,
                                 const std::filesystem::path& output);
    ~Process();
    Process(Process&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Process& operator=(Process&&) = delete;

    int pid() const { return pid_; }
    bool running() const;
    /// User and system time of all its threads.
    std::chrono::microseconds cpu_time() const;
    /// Resident memory now, and the most it ever was.
    std::size_t rss_bytes() const;
    std::size_t rss_peak_bytes() const;
    /// SIGTERM, waits. @return exit status
    int stop();
    void kill();

private:
    explicit Process(int pid) : pid_(pid) {}
    int pid_;
};

}  // namespace outpost::bench
