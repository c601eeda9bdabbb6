// A listening server and raw clients on one thread, under a clock that stands still. For tests.
#pragma once

#include "base/clock.hpp"
#include "base/manual_clock.hpp"
#include "net/http/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::http {

/// One response as it stood on the wire.
struct WireResponse {
    int status = 0;
    std::string head;
    std::string body;
    /// Value of a field, or "(none)".
    std::string field(std::string_view name) const;
};

/// A client socket that sends any bytes.
class RawClient {
public:
    explicit RawClient(std::uint16_t port);
    ~RawClient();
    RawClient(RawClient&& other) noexcept;
    RawClient(const RawClient&) = delete;

    /// @return what the kernel took
    std::size_t send(std::string_view bytes);
    void finish_sending();
    void small_receive_buffer();
    /// Takes what has arrived.
    void pump();
    bool closed() const { return closed_; }
    const std::string& received() const { return received_; }
    /// The complete responses so far. HEAD's have no body whatever they announce.
    std::vector<WireResponse> responses(bool to_head = false) const;

private:
    int descriptor_;
    std::string received_;
    bool closed_ = false;
};

/// Two shards on one io_context. The handler answers `METHOD path?query|body`, unless a test sets its own.
class ServerFixture {
public:
    ServerFixture();
    ~ServerFixture();

    ManualClock clock;
    ServerSettings settings;
    std::function<Task<ServerResponse>(std::size_t shard, ServerRequest)> handler;
    std::vector<std::size_t> requests_by_shard = {0, 0};
    std::vector<ServerRequest> requests;

    /// Binds any free port of the loopback address.
    void start();
    void stop(Deadline deadline = Deadline::never());
    /// Begins to stop; stopped() tells when it has.
    void begin_stop(Deadline deadline);
    bool stopped() const { return stopped_; }
    Server& server() { return *server_; }
    std::uint16_t port() const { return server_->port(); }
    RawClient connect() { return RawClient(port()); }

    /// Runs the server until `happened`; false when it did not within a generous real time.
    bool until(const std::function<bool()>& happened);
    /// Runs what can run now.
    void settle();
    /// Sends, and returns the first response; status 0 when the server closed without one.
    WireResponse ask(RawClient& client, std::string_view bytes, bool head_request = false);
    bool until_closed(RawClient& client);
    /// Moves the clock in steps of 500 ms until `happened`. @return the time that passed, or none within `limit`
    std::optional<MonotonicTime::duration> time_until(const std::function<bool()>& happened,
                                                      MonotonicTime::duration limit);

private:
    boost::asio::io_context io_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    Shards shards_;
    SystemClock real_;
    std::unique_ptr<Server> server_;
    bool stopping_ = false;
    bool stopped_ = false;
};

}  // namespace outpost::http
