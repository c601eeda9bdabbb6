// A small HTTP server on the loopback that answers what its handler says. For tests of what talks to services.
#pragma once

#include "base/task.hpp"
#include "base/task_group.hpp"
#include "net/http/message.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace outpost::http {

struct FakeRequest {
    std::string method;
    std::string target;
    Headers headers;
    std::string body;
};

struct FakeAnswer {
    enum class What { answer, silence, hang_up };
    int status = 200;
    std::string body;
    std::string fields;  ///< further header lines, each with its line end
    What what = What::answer;
};

/// Answers every request, keeps connections alive. Runs on `io`.
class FakeService {
public:
    using Handler = std::function<FakeAnswer(const FakeRequest&)>;

    FakeService(boost::asio::io_context& io, Handler handler);

    std::string url() const;
    void handle_with(Handler handler) { handler_ = std::move(handler); }
    /// Stops listening and closes all connections; open() listens on the same port again.
    void close();
    void open();
    /// Ends all that runs.
    Task<bool> stop();

    std::vector<FakeRequest> requests;  ///< also those that were not answered
    std::size_t connections = 0;        ///< ever accepted

private:
    using Tcp = boost::asio::ip::tcp;

    void listen(std::uint16_t port);
    Task<void> accept_all(std::shared_ptr<Tcp::acceptor> acceptor);
    Task<void> serve(std::shared_ptr<Tcp::socket> socket);
    Task<bool> serve_one(std::shared_ptr<Tcp::socket> socket, std::string& buffer);

    boost::asio::io_context& io_;
    Handler handler_;
    std::shared_ptr<Tcp::acceptor> acceptor_;  // shared with the loop that waits on it
    std::vector<std::weak_ptr<Tcp::socket>> sockets_;
    std::uint16_t port_ = 0;
    TaskGroup tasks_;
};

}  // namespace outpost::http
