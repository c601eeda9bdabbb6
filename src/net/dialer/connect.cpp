#include "net/dialer/connect.hpp"

#include "base/with_deadline.hpp"
#include "net/dialer/transport_error.hpp"

#include <boost/asio/detail/socket_option.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace outpost::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kKeepAliveSeconds = 30;  // destinations.md §1.12

using KeepAliveIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
using KeepAliveInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;

void tune(TcpSocket& socket) {
    error_code ignored;  // only slower, or slower to notice a dead peer, without them
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(asio::socket_base::keep_alive(true), ignored);
    socket.set_option(KeepAliveIdle(kKeepAliveSeconds), ignored);
    socket.set_option(KeepAliveInterval(kKeepAliveSeconds), ignored);
}

/// EADDRNOTAVAIL is either our shortage of ports or a machine without an address of that family: only the latter
/// keeps a datagram socket from choosing its own address too.
bool has_source_address(const tcp::endpoint& peer) {
    const int probe = ::socket(peer.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (probe < 0) return true;  // out of descriptors: ours
    const bool found = ::connect(probe, peer.data(), static_cast<socklen_t>(peer.size())) == 0;
    ::close(probe);
    return found;
}

/// All attempts for one connection.
struct Race {
    explicit Race(const Executor& executor) : changed(executor, asio::steady_timer::time_point::max()) {}

    asio::steady_timer changed;  // never fires: cancelled at each end of an attempt
    std::vector<std::unique_ptr<TcpSocket>> attempts;
    std::vector<Failure> failures;
    std::size_t ended = 0;
    std::optional<std::size_t> winner;

    void end(std::size_t attempt, const tcp::endpoint& peer, error_code error) {
        ++ended;
        if (!error) error = verify(*attempts[attempt], peer);
        if (!error && !winner) winner = attempt;
        if (error) failures.push_back(explain(error, peer));
        changed.cancel();
    }

    /// The peer must be the very address that the policy permitted (destinations.md §15.4 rule 2).
    static error_code verify(const TcpSocket& socket, const tcp::endpoint& peer) {
        error_code error;
        const auto actual = socket.remote_endpoint(error);
        if (error) return error;
        // A free port of our own, chosen as the source too, connects to itself: nobody listens there.
        if (socket.local_endpoint(error) == peer) return asio::error::connection_refused;
        return actual == peer ? error_code() : error_code(asio::error::connection_aborted);
    }

    static Failure explain(const error_code& error, const tcp::endpoint& peer) {
        Failure failure = to_transport_failure(error, "connecting");
        if (error == boost::system::errc::address_not_available && !has_source_address(peer))
            failure.kind = FailureKind::network_unreachable;
        return failure;
    }
};

/// Closes what is still open, whatever ends the race; the closed attempts then end by themselves.
struct RaceEnd {
    std::shared_ptr<Race> race;
    ~RaceEnd() {
        error_code ignored;
        for (auto& socket : race->attempts) socket->close(ignored);
    }
};

void begin(const std::shared_ptr<Race>& race, const tcp::endpoint& peer, const Executor& executor) {
    const std::size_t attempt = race->attempts.size();
    race->attempts.push_back(std::make_unique<TcpSocket>(executor));
    error_code error;
    race->attempts.back()->open(peer.protocol(), error);
    if (error) return race->end(attempt, peer, error);
    // Shared with the attempt, which may end after the race.
    race->attempts.back()->async_connect(
        peer, [race, attempt, peer](error_code result) { race->end(attempt, peer, result); });
}

/// Returns when more than `seen` attempts have ended.
Task<Result<bool>> wait_for_end(std::shared_ptr<Race> race, std::size_t seen) {
    if (race->ended == seen) {
        error_code error;
        co_await race->changed.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (race->ended == seen) throw boost::system::system_error(asio::error::operation_aborted);
    co_return true;
}

}  // namespace

std::vector<asio::ip::address> connection_order(const std::vector<asio::ip::address>& addresses) {
    std::vector<asio::ip::address> v6;
    std::vector<asio::ip::address> v4;
    for (const auto& address : addresses) (address.is_v6() ? v6 : v4).push_back(address);
    std::vector<asio::ip::address> order;
    for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
        if (i < v6.size()) order.push_back(v6[i]);
        if (i < v4.size()) order.push_back(v4[i]);
    }
    if (order.size() > kAddressesTriedMax) order.resize(kAddressesTriedMax);
    return order;
}

Failure most_telling(std::vector<Failure> failures) {
    const auto rank = [](const Failure& failure) {
        if (failure.kind == FailureKind::resources) return 2;
        return failure.kind == FailureKind::network_unreachable ? 1 : 0;
    };
    return std::move(*std::ranges::min_element(failures, {}, rank));
}

Task<std::expected<TcpSocket, Failure>> connect_first(std::vector<asio::ip::address> addresses, std::uint16_t port,
                                                      Clock& clock, Executor executor) {
    ASSERT(!addresses.empty());
    auto race = std::make_shared<Race>(executor);
    const RaceEnd end{race};
    for (std::size_t next = 0; !race->winner && (next < addresses.size() || race->ended < race->attempts.size());) {
        const std::size_t seen = race->ended;
        const bool more = next < addresses.size();
        if (more) begin(race, tcp::endpoint(addresses[next++], port), executor);
        const bool last = next == addresses.size();
        Deadline patience = last ? Deadline::never() : Deadline::after(clock, kConnectStagger);
        auto changed = co_await with_deadline(clock, patience, wait_for_end(race, seen));
        if (!changed && changed.error().code() != Errc::timeout) break;
    }
    if (!race->winner) co_return std::unexpected(most_telling(std::move(race->failures)));
    TcpSocket socket = std::move(*race->attempts[*race->winner]);
    tune(socket);
    co_return std::move(socket);
}

}  // namespace outpost::net
