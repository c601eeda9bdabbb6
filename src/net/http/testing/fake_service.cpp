#include "net/http/testing/fake_service.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace outpost::http {
namespace {

constexpr auto kNoThrow = boost::asio::as_tuple(boost::asio::use_awaitable);

FakeRequest parse_head(std::string_view head) {
    FakeRequest request;
    const std::string_view line = head.substr(0, head.find("\r\n"));
    request.method = line.substr(0, line.find(' '));
    const auto target = line.find(' ') + 1;
    request.target = line.substr(target, line.rfind(' ') - target);
    head.remove_prefix(line.size() + 2);
    while (!head.starts_with("\r\n") && !head.empty()) {
        const std::string_view field = head.substr(0, head.find("\r\n"));
        const auto colon = field.find(": ");
        request.headers.add(std::string(field.substr(0, colon)), std::string(field.substr(colon + 2)));
        head.remove_prefix(field.size() + 2);
    }
    return request;
}

std::size_t body_bytes(const FakeRequest& request) {
    const auto length = request.headers.find("Content-Length");
    return length ? std::stoul(std::string(*length)) : 0;
}

}  // namespace

FakeService::FakeService(boost::asio::io_context& io, Handler handler)
    : io_(io), handler_(std::move(handler)), tasks_(io.get_executor(), "fake service") {
    listen(0);
}

std::string FakeService::url() const {
    return fmt::format("http://127.0.0.1:{}", port_);
}

void FakeService::listen(std::uint16_t port) {
    acceptor_ = std::make_shared<Tcp::acceptor>(io_, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), port));
    port_ = acceptor_->local_endpoint().port();
    tasks_.start(accept_all(acceptor_));
}

void FakeService::open() {
    listen(port_);
}

void FakeService::close() {
    boost::system::error_code ignored;
    acceptor_->close(ignored);
    for (const auto& socket : sockets_) {
        if (const auto open = socket.lock()) open->close(ignored);
    }
    sockets_.clear();
}

Task<bool> FakeService::stop() {
    close();
    tasks_.cancel();
    co_await tasks_.join();
    co_return true;
}

Task<void> FakeService::accept_all(std::shared_ptr<Tcp::acceptor> acceptor) {
    while (true) {
        auto [failed, socket] = co_await acceptor->async_accept(kNoThrow);
        if (failed) co_return;
        ++connections;
        auto shared = std::make_shared<Tcp::socket>(std::move(socket));
        sockets_.push_back(shared);
        tasks_.start(serve(shared));
    }
}

Task<void> FakeService::serve(std::shared_ptr<Tcp::socket> socket) {
    std::string buffer;
    while (co_await serve_one(socket, buffer)) {
    }
}

Task<bool> FakeService::serve_one(std::shared_ptr<Tcp::socket> socket, std::string& buffer) {
    const auto [no_head, head] =
        co_await boost::asio::async_read_until(*socket, boost::asio::dynamic_buffer(buffer), "\r\n\r\n", kNoThrow);
    if (no_head) co_return false;
    FakeRequest request = parse_head(std::string_view(buffer).substr(0, head));
    const std::size_t total = head + body_bytes(request);
    if (buffer.size() < total) {
        const auto [cut, count] =
            co_await boost::asio::async_read(*socket, boost::asio::dynamic_buffer(buffer),
                                             boost::asio::transfer_exactly(total - buffer.size()), kNoThrow);
        if (cut) co_return false;
    }
    request.body = buffer.substr(head, total - head);
    buffer.erase(0, total);
    requests.push_back(request);
    const FakeAnswer answer = handler_(request);
    if (answer.what == FakeAnswer::What::hang_up) co_return false;
    if (answer.what == FakeAnswer::What::silence) co_return true;
    const std::string text = fmt::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", answer.status,
                                         answer.body.size(), answer.fields, answer.body);
    const auto [unsent, written] = co_await boost::asio::async_write(*socket, boost::asio::buffer(text), kNoThrow);
    co_return !unsent;
}

}  // namespace outpost::http
