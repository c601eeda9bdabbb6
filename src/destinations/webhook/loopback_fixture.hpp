// For tests: a provider with a real client, and raw receivers on the loopback. One thread runs both sides.
#pragma once

#include "base/clock.hpp"
#include "base/task_group.hpp"
#include "destinations/webhook/provider.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/resolver/resolver.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>

#include <deque>

namespace outpost::webhook {

/// Answers requests with scripted bytes, in order, and keeps what came. Without a script it never answers.
class Receiver {
public:
    using Tcp = boost::asio::ip::tcp;

    explicit Receiver(boost::asio::io_context& io)
        : acceptor_(io, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0)),
          group_(io.get_executor(), "receiver") {
        group_.start(accept());
    }

    std::string url(const std::string& target = "/") const {
        return fmt::format("http://127.0.0.1:{}{}", acceptor_.local_endpoint().port(), target);
    }
    void answers(std::string raw) { script_.push_back(std::move(raw)); }
    void answers(int status, const std::string& headers = "", const std::string& body = "") {
        answers(fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body));
    }
    /// Head and body as they came over the wire.
    const std::vector<std::string>& requests() const { return requests_; }
    std::string body(std::size_t request) const {
        return requests_.at(request).substr(requests_.at(request).find("\r\n\r\n") + 4);
    }
    /// The value of a header whose name is spelt exactly so; nullopt if it is not there.
    std::optional<std::string> header(std::size_t request, const std::string& name) const {
        const std::string& text = requests_.at(request);
        const std::size_t line = text.find("\r\n" + name + ": ");
        if (line == std::string::npos || line > text.find("\r\n\r\n")) return std::nullopt;
        const std::size_t value = line + name.size() + 4;
        return text.substr(value, text.find("\r\n", value) - value);
    }
    Task<bool> stop() {
        acceptor_.close();
        group_.cancel();
        co_await group_.join();
        co_return true;
    }

private:
    Task<void> accept() {
        while (true) {
            Tcp::socket socket = co_await acceptor_.async_accept(boost::asio::use_awaitable);
            group_.start(serve(std::move(socket)));
        }
    }

    /// One connection, kept alive. Ends when the other side closes it.
    Task<void> serve(Tcp::socket socket) {
        std::string buffer;
        while (true) {
            const auto [failed, head] =
                co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(buffer), "\r\n\r\n",
                                                       boost::asio::as_tuple(boost::asio::use_awaitable));
            if (failed) co_return;
            const std::size_t total = head + content_length(buffer.substr(0, head));
            if (buffer.size() < total) {
                const auto [cut, count] = co_await boost::asio::async_read(
                    socket, boost::asio::dynamic_buffer(buffer), boost::asio::transfer_exactly(total - buffer.size()),
                    boost::asio::as_tuple(boost::asio::use_awaitable));
                if (cut) co_return;
            }
            requests_.push_back(buffer.substr(0, total));
            buffer.erase(0, total);
            if (script_.empty()) continue;
            const std::string answer = std::move(script_.front());
            script_.pop_front();
            co_await boost::asio::async_write(socket, boost::asio::buffer(answer), boost::asio::use_awaitable);
        }
    }

    static std::size_t content_length(const std::string& head) {
        const std::size_t at = head.find("Content-Length: ");
        return at == std::string::npos ? 0 : std::stoul(head.substr(at + 16));
    }

    Tcp::acceptor acceptor_;
    TaskGroup group_;
    std::deque<std::string> script_;
    std::vector<std::string> requests_;
};

/// Everything a provider needs, on one io_context.
class Loopback : public testing::Test {
protected:
    ~Loopback() override {
        for (const auto& receiver : receivers_) run(receiver->stop());
        client_.close();
        resolver_.close();
        io_.poll();
    }

    Receiver& receiver() {
        receivers_.push_back(std::make_unique<Receiver>(io_));
        return *receivers_.back();
    }
    WebhookProvider provider(const RawSettings& raw = {}) {
        auto settings = resolve_settings(raw);
        EXPECT_TRUE(settings.has_value());
        const Mode mode = settings->mode;
        return WebhookProvider(client_, policy_, *std::move(settings), builtin_type(mode), clock_);
    }
    /// Runs both sides until `work` has its result.
    template <class T>
    T run(Task<T> work) {
        std::optional<T> result;
        boost::asio::co_spawn(io_, std::move(work), [&](const std::exception_ptr& thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            result.emplace(std::move(value));
            io_.stop();
        });
        io_.restart();
        io_.run();
        return *std::move(result);
    }

    boost::asio::io_context io_{1};
    SystemClock clock_;
    egress::Policy policy_ = *egress::Policy::make({});
    boost::asio::ssl::context tls_{boost::asio::ssl::context::tls_client};
    resolver::Resolver resolver_{clock_, io_.get_executor(), {}};
    net::Dialer dialer_{resolver_, policy_, tls_, clock_, io_.get_executor()};
    http::Client client_{dialer_, clock_, io_.get_executor(), {}};
    std::vector<std::unique_ptr<Receiver>> receivers_;
};

}  // namespace outpost::webhook
