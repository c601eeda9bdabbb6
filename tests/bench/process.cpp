#include "process.hpp"

#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <unistd.h>

namespace outpost::bench {
namespace {

std::size_t status_kib(int pid, std::string_view field) {
    std::ifstream status(fmt::format("/proc/{}/status", pid));
    std::string line;
    while (std::getline(status, line)) {
        if (line.starts_with(field)) return std::stoull(line.substr(field.size() + 1));
    }
    return 0;
}

}  // namespace

Result<Process> Process::start(const std::filesystem::path& binary, std::map<std::string, std::string> environment,
                               const std::filesystem::path& output) {
    std::vector<std::string> variables;
    for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
    std::vector<char*> envp;
    for (std::string& variable : variables) envp.push_back(variable.data());
    envp.push_back(nullptr);
    const std::string program = binary.string();
    const int log = ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (log < 0) return fail(Errc::unavailable, fmt::format("{}: {}", output.string(), std::strerror(errno)));
    const pid_t pid = ::fork();
    if (pid < 0) return fail(Errc::unavailable, fmt::format("fork: {}", std::strerror(errno)));
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a benchmark that gives up leaves no server behind
        ::dup2(log, 1);
        ::dup2(log, 2);
        std::array<char*, 3> argv = {const_cast<char*>(program.c_str()), const_cast<char*>("serve"), nullptr};
        ::execve(program.c_str(), argv.data(), envp.data());
        ::_exit(127);
    }
    ::close(log);
    return Process(pid);
}

Process::~Process() {
    if (pid_ > 0) kill();
}

bool Process::running() const {
    return pid_ > 0 && ::kill(pid_, 0) == 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0;
}

std::chrono::microseconds Process::cpu_time() const {
    std::ifstream stat(fmt::format("/proc/{}/stat", pid_));
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skip;
    for (int i = 0; i < 11; ++i) fields >> skip;
    long long user = 0;
    long long system = 0;
    fields >> user >> system;
    return std::chrono::microseconds((user + system) * 1'000'000 / ::sysconf(_SC_CLK_TCK));
}

std::size_t Process::rss_bytes() const {
    return status_kib(pid_, "VmRSS:") * 1024;
}
std::size_t Process::rss_peak_bytes() const {
    return status_kib(pid_, "VmHWM:") * 1024;
}

int Process::stop() {
    if (pid_ <= 0) return -1;
    ::kill(pid_, SIGTERM);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void Process::kill() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

}  // namespace outpost::bench
