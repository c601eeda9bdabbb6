#include "app/probe.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <unistd.h>

namespace outpost::app {
namespace {

constexpr std::size_t kStatusLineBytes = 12;  // "HTTP/1.1 200"

class Socket {
public:
    explicit Socket(int family) : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const timeval timeout{.tv_sec = kProbeTimeout.count(), .tv_usec = 0};
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    }
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;

    int get() const { return descriptor_; }

private:
    int descriptor_;
};

struct Target {
    sockaddr_storage address{};
    socklen_t size = 0;
    int family = AF_UNSPEC;
};

Result<Target> target_of(const std::string& address, std::uint16_t port) {
    Target target;
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        target.family = AF_INET;
        target.size = sizeof v4;
        std::memcpy(&target.address, &v4, sizeof v4);
    } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(port);
        target.family = AF_INET6;
        target.size = sizeof v6;
        std::memcpy(&target.address, &v6, sizeof v6);
    } else {
        return fail(Errc::invalid, fmt::format("{:?} is not an address", address));
    }
    return target;
}

std::unexpected<Error> trouble(std::string_view step) {
    return fail(Errc::unavailable, fmt::format("{}: {}", step, std::strerror(errno)));
}

Result<int> status_of(std::string_view line) {
    int status = 0;
    if (line.size() == kStatusLineBytes && line.starts_with("HTTP/1.") && line[8] == ' ') {
        const auto [end, error] = std::from_chars(line.data() + 9, line.data() + line.size(), status);
        if (error == std::errc() && end == line.data() + line.size()) return status;
    }
    return fail(Errc::unavailable, "the answer is not HTTP");
}

}  // namespace

std::string probe_address(const std::string& host) {
    if (host.empty() || host == "0.0.0.0" || host == "localhost") return "127.0.0.1";
    return host == "::" ? "::1" : host;
}

Result<int> probe(const std::string& address, std::uint16_t port, const std::string& path) {
    TRY(const Target target, target_of(address, port));
    const Socket socket(target.family);
    if (socket.get() < 0) return trouble("socket");
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&target.address), target.size) != 0)
        return trouble("connect");
    const std::string request = fmt::format("GET {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
    if (::send(socket.get(), request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size()))
        return trouble("send");
    std::array<char, kStatusLineBytes> line;
    std::size_t have = 0;
    while (have < line.size()) {
        const ssize_t count = ::recv(socket.get(), line.data() + have, line.size() - have, 0);
        if (count < 0) return trouble("receive");
        if (count == 0) break;
        have += static_cast<std::size_t>(count);
    }
    return status_of({line.data(), have});
}

}  // namespace outpost::app
