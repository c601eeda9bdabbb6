#include "net/http/client_dial.hpp"

#include "net/dialer/transport_error.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>

#include <optional>

namespace outpost::http {

namespace asio = boost::asio;

namespace {

struct Dialing {
    net::Dialer& dialer;
    net::DialRequest request;
    Deadline deadline;
    asio::steady_timer stop;  // never fires; cancelling it is the signal
    std::optional<Dialed> dialed;
};

Task<void> dial_into(Dialing* dialing) {
    try {
        dialing->dialed.emplace(co_await dialing->dialer.dial(dialing->request, dialing->deadline));
    } catch (...) {
        dialing->dialed.emplace(failure_of_exception());
    }
}

Task<void> wait_for_stop(Dialing* dialing) {
    boost::system::error_code ignored;
    co_await dialing->stop.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

std::unexpected<net::Failure> failure(net::FailureKind kind, std::string detail) {
    return std::unexpected(net::Failure{kind, std::move(detail)});
}

}  // namespace

std::unexpected<net::Failure> failure_of_exception() {
    try {
        throw;
    } catch (const boost::system::system_error& error) {
        return std::unexpected(net::to_transport_failure(error.code(), "sending"));
    } catch (const std::exception& error) {
        return failure(net::FailureKind::resources, error.what());  // out of memory: ours, no attempt is spent (B11)
    }
}

Task<Dialed> dial_for(Flight* flight, net::Dialer* dialer, net::DialRequest request, Deadline deadline,
                      Executor executor) {
    using namespace asio::experimental::awaitable_operators;
    Dialing dialing{*dialer, std::move(request), deadline,
                    asio::steady_timer(executor, asio::steady_timer::time_point::max()), std::nullopt};
    flight->dial_stop = &dialing.stop;
    Task<void> dials = dial_into(&dialing);
    Task<void> waits = wait_for_stop(&dialing);
    co_await (std::move(dials) || std::move(waits));  // the first to end ends the other, and both have ended
    flight->dial_stop = nullptr;
    if (flight->why == Flight::Cut::stopped) co_return failure(net::FailureKind::cancelled, "stopped while dialing");
    if (flight->why == Flight::Cut::deadline) co_return failure(net::FailureKind::timeout, "no connection in time");
    if (!dialing.dialed) co_return failure(net::FailureKind::cancelled, "cancelled while dialing");
    co_return std::move(*dialing.dialed);
}

}  // namespace outpost::http
