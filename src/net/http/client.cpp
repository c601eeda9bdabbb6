#include "net/http/client.hpp"

#include "base/log.hpp"
#include "base/oneshot.hpp"
#include "net/dialer/transport_error.hpp"
#include "net/http/client_dial.hpp"
#include "net/http/client_exchange.hpp"
#include "net/http/client_flights.hpp"
#include "net/http/client_pool.hpp"
#include "net/http/client_proxy.hpp"
#include "net/http/client_request.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace outpost::http {

namespace asio = boost::asio;

namespace {

using Answer = std::expected<ClientResponse, net::Failure>;

/// Idle connections are looked at no more often than this.
constexpr MonotonicTime::duration kSweepInterval = std::chrono::seconds(1);

std::unexpected<net::Failure> failure(net::FailureKind kind, std::string detail) {
    return std::unexpected(net::Failure{kind, std::move(detail)});
}

/// How often the log says that the proxy fails: all requests meet it.
constexpr MonotonicTime::duration kProxyWarningInterval = std::chrono::seconds(10);
/// Behind the origin of connections that go through a proxy, so that no direct request takes them.
constexpr std::string_view kThroughProxy = " through proxy";

net::DialRequest dial_request(const ClientRequest& request) {
    return {.host = request.url.host,
            .port = request.url.port,
            .tls = request.url.scheme == "https",
            .proxy = request.proxy};
}

std::string pool_key(const ClientRequest& request) {
    std::string key = request.url.origin();
    if (request.proxy) key += kThroughProxy;
    return key;
}

/// What the caller learns of an exchange that brought no clean response.
Answer answer_of(Exchange exchange, Flight::Cut cut) {
    const bool aborted = exchange.error == asio::error::operation_aborted;
    if (cut == Flight::Cut::stopped || (aborted && cut == Flight::Cut::none))
        return failure(net::FailureKind::cancelled, "stopped");
    if (exchange.response) return std::move(*exchange.response);
    if (cut == Flight::Cut::deadline) return failure(net::FailureKind::timeout, "no response before the deadline");
    return std::unexpected(net::to_transport_failure(exchange.error, "waiting for a response"));
}

/// A step that was begun lasted until the next one was, or until the dial ended.
void measure(const net::DialSteps& steps, MonotonicTime ended, Timing& timing) {
    const auto lasted = [](std::optional<MonotonicTime> begun, MonotonicTime until) {
        return begun ? Timing::Step(until - *begun) : std::nullopt;
    };
    const MonotonicTime connected = steps.tunnelling.value_or(steps.shaking_hands.value_or(ended));
    timing.dns = lasted(steps.resolving, steps.connecting.value_or(ended));
    timing.connect = lasted(steps.connecting, connected);
    timing.tls = lasted(steps.shaking_hands, ended);
}

}  // namespace

/// Everything of a client that requests in flight need; lives until the last of them has ended.
class Client::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(net::Dialer& dialer, Clock& clock, Executor executor, ClientSettings settings)
        : dialer_(dialer),
          clock_(clock),
          executor_(std::move(executor)),
          pool_(settings),
          flights_(clock.monotonic()) {}

    /// Static, as stop(): whoever holds the task holds the client's inside, from before it starts to run.
    static Task<Answer> send(std::shared_ptr<Impl> client, ClientRequest request, ClientLimits limits,
                             Deadline deadline, SendReport* report);
    static Task<void> stop(std::shared_ptr<Impl> client);
    void drop(const std::string& origin) {
        for (const std::string& key : {origin, origin + std::string(kThroughProxy)}) {
            pool_.drop(key);
            flights_.forbid_idling(key);
        }
    }
    void close() {
        pool_.clear();
        flights_.forbid_idling({});
    }
    void shut_down();

    Counts counts;

private:
    /// A flight, enrolled for as long as this lives.
    struct Enrolled {
        Enrolled(Impl& client, std::string origin, Deadline deadline);
        ~Enrolled();
        Impl& client;
        Flight flight;
    };
    /// A coroutine of our own that sleeps on the clock, run only while there is something to watch.
    struct Watch {
        bool running = false;
        asio::cancellation_signal cancel;
    };

    /// A request on its way: lives in the frame of send().
    struct Sending {
        ClientRequest request;
        ClientLimits limits;
        Deadline deadline;
        MonotonicTime started;
        Timing* timing;  ///< null: nobody asked
    };
    Task<Answer> send_enrolled(Sending* sending);
    Task<std::expected<std::unique_ptr<Connection>, net::Failure>> dial(Flight* flight, const Sending* sending);
    void warn_of_proxy(const net::Failure& failure);
    void keep_watch();
    void start(Watch& watch, Task<void> work);
    Task<void> watch_deadlines();
    Task<void> watch_idle();
    bool is_quiet() const { return flights_.empty() && !deadlines_.running && !idle_.running; }
    void release_joiners();

    net::Dialer& dialer_;
    Clock& clock_;
    Executor executor_;
    IdlePool pool_;
    Flights flights_;
    Watch deadlines_;
    Watch idle_;
    bool stopped_ = false;
    std::optional<MonotonicTime> proxy_warned_;
    std::vector<outpost::Answer<int>> joiners_;
};

Client::Impl::Enrolled::Enrolled(Impl& client_, std::string origin, Deadline deadline) : client(client_) {
    flight.origin = std::move(origin);
    flight.deadline = deadline.at();
    client.flights_.add(flight);
    client.keep_watch();
}

Client::Impl::Enrolled::~Enrolled() {
    client.flights_.remove(flight);
    client.release_joiners();
}

Task<Answer> Client::Impl::send(std::shared_ptr<Impl> client, ClientRequest request, ClientLimits limits,
                                Deadline deadline, SendReport* report) {
    Sending sending{.request = std::move(request),
                    .limits = limits,
                    .deadline = deadline,
                    .started = client->clock_.monotonic(),
                    .timing = report == nullptr ? nullptr : &report->timing};
    Answer answer;
    try {
        answer = co_await client->send_enrolled(&sending);
    } catch (...) {
        answer = failure_of_exception();
    }
    if (!answer && answer.error().kind == net::FailureKind::proxy) client->warn_of_proxy(answer.error());
    if (report != nullptr) {
        report->timing.total = client->clock_.monotonic() - sending.started;
        if (!answer) report->request = std::move(sending.request);
    }
    co_return answer;
}

Task<std::expected<std::unique_ptr<Connection>, net::Failure>> Client::Impl::dial(Flight* flight,
                                                                                  const Sending* sending) {
    net::DialRequest address = dial_request(sending->request);
    net::DialSteps steps;
    address.steps = &steps;
    auto dialed = co_await dial_for(flight, &dialer_, std::move(address), sending->deadline, executor_);
    if (sending->timing != nullptr) measure(steps, clock_.monotonic(), *sending->timing);
    if (!dialed.has_value()) {
        net::Failure failure = std::move(dialed).error();
        // Time that ran out before the proxy was reached is the proxy's, whoever noticed it (decision B11).
        const bool on_the_way = sending->request.proxy && !steps.tunnelling;
        if (on_the_way && failure.kind == net::FailureKind::timeout) failure.kind = net::FailureKind::proxy;
        co_return std::unexpected(std::move(failure));
    }
    co_return std::make_unique<Connection>(std::move(*dialed), flight->origin);
}

Task<Answer> Client::Impl::send_enrolled(Sending* sending) {
    ClientRequest& request = sending->request;
    Timing* const timing = sending->timing;
    if (stopped_) co_return failure(net::FailureKind::cancelled, "the client has stopped");
    if (sending->started >= sending->deadline.at())
        co_return failure(net::FailureKind::timeout, "the deadline passed before the request");
    const auto head = write_request_head(request);
    if (!head.has_value()) co_return std::unexpected(head.error());

    Enrolled enrolled(*this, pool_key(request), sending->deadline);
    Flight& flight = enrolled.flight;
    for (bool again = false;; again = true) {
        std::unique_ptr<Connection> connection;
        if (!again) connection = pool_.take(flight.origin, sending->started);
        const bool reused = connection != nullptr;
        MonotonicTime ready = sending->started;
        if (!reused) {
            auto dialed = co_await dial(&flight, sending);
            if (!dialed.has_value()) co_return std::unexpected(std::move(dialed).error());
            connection = std::move(*dialed);
            if (timing != nullptr) ready = clock_.monotonic();
        }
        ++(reused ? counts.reused : counts.opened);

        flight.connection = connection.get();
        Exchange done = co_await exchange(connection.get(), *head, request.body.view(), sending->limits,
                                          request.method == "HEAD", timing == nullptr ? nullptr : &clock_);
        flight.connection = nullptr;

        if (timing != nullptr) {
            timing->connection_reused = reused;
            if (done.first_byte_at) timing->first_byte = *done.first_byte_at - ready;
        }
        const bool cut = flight.why != Flight::Cut::none;
        if (reused && !again && !cut && done.closed_unanswered) continue;
        if (done.response) {
            done.response->connection_reused = reused;
            done.response->request = std::move(request);
        }
        if (done.connection_is_clean && !cut && flight.may_idle) {
            pool_.put(std::move(connection), clock_.monotonic());
            keep_watch();
        }
        Answer answer = answer_of(std::move(done), flight.why);
        if (answer && is_forwarded(answer->request)) {
            if (auto failed = proxy_failure(*answer)) {
                request = std::move(answer->request);
                answer = std::unexpected(*std::move(failed));
            }
        }
        co_return answer;
    }
}

void Client::Impl::warn_of_proxy(const net::Failure& failure) {
    const MonotonicTime now = clock_.monotonic();
    if (proxy_warned_ && now - *proxy_warned_ < kProxyWarningInterval) return;
    proxy_warned_ = now;
    log::warn("http_client.proxy_failed", {{"error", failure.detail}});
}

void Client::Impl::keep_watch() {
    if (stopped_) return;
    if (!deadlines_.running && flights_.has_deadlines()) start(deadlines_, watch_deadlines());
    if (!idle_.running && !pool_.empty()) start(idle_, watch_idle());
}

void Client::Impl::start(Watch& watch, Task<void> work) {
    watch.running = true;
    auto ended = [self = shared_from_this(), &watch](const std::exception_ptr& thrown) {
        watch.running = false;
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& error) {
            if (error.code() != asio::error::operation_aborted)
                log::error("http_client.watch_failed", {{"error", std::string_view(error.what())}});
        } catch (const std::exception& error) {
            log::error("http_client.watch_failed", {{"error", std::string_view(error.what())}});
        }
        self->keep_watch();  // something to watch may have come since it decided to end
        self->release_joiners();
    };
    asio::co_spawn(executor_, std::move(work), asio::bind_cancellation_slot(watch.cancel.slot(), std::move(ended)));
}

Task<void> Client::Impl::watch_deadlines() {
    while (flights_.has_deadlines()) {
        co_await clock_.sleep_for(kDeadlineTick);
        flights_.expire(clock_.monotonic());
    }
}

Task<void> Client::Impl::watch_idle() {
    while (!pool_.empty()) {
        const auto soonest = clock_.monotonic() + kSweepInterval;
        co_await clock_.sleep_until(std::max(pool_.next_expiry(), soonest));
        pool_.expire(clock_.monotonic());
    }
}

void Client::Impl::shut_down() {
    stopped_ = true;
    close();
    flights_.cut_all(Flight::Cut::stopped);
    // Emitted outside of the executor, co_spawn would post a bare pointer into the signal: it could outlive us.
    asio::dispatch(executor_, [self = shared_from_this()] {
        if (self->deadlines_.running) self->deadlines_.cancel.emit(asio::cancellation_type::terminal);
        if (self->idle_.running) self->idle_.cancel.emit(asio::cancellation_type::terminal);
    });
}

Task<void> Client::Impl::stop(std::shared_ptr<Impl> client) {
    client->shut_down();
    if (client->is_quiet()) co_return;
    auto wait = [&joiners = client->joiners_](outpost::Answer<int> answer) { joiners.push_back(std::move(answer)); };
    co_await await_answer<int>(wait);
}

void Client::Impl::release_joiners() {
    if (!is_quiet()) return;
    for (auto& joiner : std::exchange(joiners_, {}))
        asio::post(executor_, [joiner = std::move(joiner)]() mutable { joiner(0); });
}

Client::Client(net::Dialer& dialer, Clock& clock, Executor executor, ClientSettings settings)
    : impl_(std::make_shared<Impl>(dialer, clock, std::move(executor), settings)) {}

Client::~Client() {
    impl_->shut_down();
}

Task<std::expected<ClientResponse, net::Failure>> Client::send(ClientRequest request, ClientLimits limits,
                                                               Deadline deadline, SendReport* report) {
    return Impl::send(impl_, std::move(request), limits, deadline, report);
}

void Client::drop(const std::string& origin) {
    impl_->drop(origin);
}

void Client::close() {
    impl_->close();
}

Task<void> Client::stop() {
    return Impl::stop(impl_);
}

Client::Counts Client::counts() const {
    return impl_->counts;
}

}  // namespace outpost::http
