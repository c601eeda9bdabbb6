#include "net/http/server_connection.hpp"

#include "base/log.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost::http {
namespace {

namespace asio = boost::asio;
using tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;

std::string address_of(const tcp::socket& socket) {
    ErrorCode error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return {};
    const auto address = endpoint.address();
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
    return address.to_string();
}

void advance(std::array<std::string_view, 2>& parts, std::size_t size) {
    for (std::string_view& part : parts) {
        const std::size_t step = std::min(size, part.size());
        part.remove_prefix(step);
        size -= step;
    }
}

}  // namespace

ServerConnection::ServerConnection(ServerShard& shard, tcp::socket socket, bool over_capacity)
    : shard_(shard),
      socket_(std::move(socket)),
      place_(shard.open_.insert(shard.open_.end(), this)),
      reader_(shard.settings),
      peer_(address_of(socket_)),
      over_capacity_(over_capacity) {
    ErrorCode ignored;  // a socket that is already gone shows it at the first receive
    socket_.non_blocking(true, ignored);
    socket_.set_option(tcp::no_delay(true), ignored);
}

ServerConnection::~ServerConnection() {
    ErrorCode ignored;
    socket_.close(ignored);
    shard_.open_.erase(place_);
    shard_.released_();
}

Task<void> ServerConnection::run() {
    if (over_capacity_) {
        const Refusal full{503, "too many connections"};
        co_await answer_refusal(full);
        co_return;
    }
    if (shard_.draining()) co_return;  // accepted in the moment the door was closed
    while (co_await read_request()) {
        if (reader_.state() == RequestReader::State::refused) {
            co_await answer_refusal(reader_.refusal());
            co_return;
        }
        if (!co_await exchange()) co_return;
    }
}

void ServerConnection::drain() {
    if (phase_ == Phase::idle || phase_ == Phase::lingering) {
        ErrorCode ignored;
        socket_.cancel(ignored);
    }
}

void ServerConnection::cut() {
    cut_ = true;
    ErrorCode ignored;
    socket_.close(ignored);
}

void ServerConnection::deadline_passed() {
    expired_ = true;
    ErrorCode ignored;
    socket_.cancel(ignored);
}

void ServerConnection::enter(Phase phase, MonotonicTime::duration timeout) {
    if (phase_ == phase && phase != Phase::idle) return;  // a phase has one deadline, however many receives it takes
    phase_ = phase;
    expired_ = false;
    shard_.wheel.arm(*this, shard_.clock.monotonic() + timeout);
}

// --- reading ---------------------------------------------------------------------------------------------------

Task<bool> ServerConnection::read_request() {
    while (true) {
        take();
        const RequestReader::State state = reader_.state();
        if (state == RequestReader::State::complete || state == RequestReader::State::refused) co_return true;
        if (reader_.wants_continue() && !send_continue()) co_return false;
        const ServerSettings& settings = shard_.settings;
        if (state == RequestReader::State::body) enter(Phase::body, settings.body_timeout);
        else if (!held_.empty()) enter(Phase::head, settings.header_timeout);
        else enter(Phase::idle, settings.idle_timeout);
        const Received received = co_await receive();
        if (received == Received::ended) co_return false;
        if (received == Received::timed_out) {
            // A client that sends nothing has nothing to lose by a close: no lingering.
            const Refusal slow{408, "request timeout"};
            ServerResponse response = begin_refusal(slow);
            co_await respond(std::move(response), Afterwards::close, true);
            co_return false;
        }
    }
}

void ServerConnection::take() {
    const bool was_held = !held_.empty();
    if (was_held && !fresh_.empty()) held_.append(fresh_);
    std::string_view input = was_held ? std::string_view(held_).substr(held_from_) : fresh_;
    fresh_ = {};
    reader_.take(input);
    keep_rest(input, was_held);
}

void ServerConnection::keep_rest(std::string_view rest, bool was_held) {
    if (!was_held) {
        held_.assign(rest);
        held_from_ = 0;
    } else if (rest.empty()) {
        held_.clear();
        held_from_ = 0;
    } else {
        held_from_ = held_.size() - rest.size();
        if (held_from_ < held_.size() / 2) return;  // moves the rest rarely enough to cost nothing
        held_.erase(0, held_from_);
        held_from_ = 0;
    }
    if (held_.empty() && held_.capacity() > kHeldBytesKept) held_ = std::string();
}

bool ServerConnection::send_continue() {
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    ErrorCode error;
    const std::array<std::string_view, 2> parts = {kContinue, std::string_view()};
    return send_some(parts, error) == kContinue.size();
}

Task<ServerConnection::Received> ServerConnection::receive() {
    while (true) {
        // Waiting first and receiving into the shard's buffer costs no more system calls than an asynchronous
        // receive, and an idle connection holds no memory for bytes that may never come.
        ErrorCode error;
        co_await socket_.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
        if (cut_) co_return Received::ended;
        if (expired_) co_return phase_ == Phase::idle ? Received::ended : Received::timed_out;
        const std::span<char> direct = held_.empty() ? reader_.direct_space() : std::span<char>();
        const std::span<char> space = direct.empty() ? std::span<char>(shard_.received) : direct;
        const std::size_t size = socket_.receive(asio::buffer(space.data(), space.size()), 0, error);
        if (!direct.empty()) reader_.direct_received(error ? 0 : size);
        if (error == asio::error::would_block) {
            if (shard_.draining() && phase_ == Phase::idle) co_return Received::ended;
            continue;
        }
        if (error || size == 0) co_return Received::ended;
        if (direct.empty()) fresh_ = std::string_view(space.data(), size);
        co_return Received::bytes;
    }
}

// --- answering -------------------------------------------------------------------------------------------------

Task<bool> ServerConnection::exchange() {
    const bool with_body = !reader_.is_head_request();
    const bool wants_open = reader_.keep_alive();
    const bool http10 = reader_.is_http10();
    ServerRequest request = reader_.finish();
    request.peer = peer_;
    if (request.id.empty()) request.id = shard_.ids.next();
    request_id_ = request.id;
    phase_ = Phase::handling;
    DeadlineWheel::disarm(*this);
    Task<ServerResponse> handling = handle(std::move(request));
    ServerResponse response = co_await std::move(handling);
    if (cut_) co_return false;
    if (response.status < 200 || response.status > 599) {
        log::error("http.response_status_refused", {{"request_id", request_id_}, {"status", response.status}});
        response = error_response(shard_.settings, 500, "internal server error");
    }
    const bool stays = wants_open && !shard_.draining();
    const Afterwards afterwards =
        !stays ? Afterwards::close : (http10 ? Afterwards::keep_open_and_say : Afterwards::keep_open);
    const bool written = co_await respond(std::move(response), afterwards, with_body);
    if (written && !stays && !held_.empty()) co_await linger();
    co_return written&& stays;
}

Task<ServerResponse> ServerConnection::handle(ServerRequest request) {
    std::string reason;
    try {
        Task<ServerResponse> work = shard_.handler(std::move(request));
        co_return co_await std::move(work);
    } catch (const std::exception& thrown) {
        reason = thrown.what();
    } catch (...) {
        reason = "not a std::exception";
    }
    if (!cut_)
        log::error("http.handler_failed", {{"request_id", request_id_}, {"error", reason}, {"client_ip", peer_}});
    co_return error_response(shard_.settings, 500, "internal server error");
}

Task<bool> ServerConnection::respond(ServerResponse response, Afterwards afterwards, bool with_body) {
    std::string& head = shard_.reply;
    head.clear();
    const ReplyFacts facts{.afterwards = afterwards, .date = shard_.date(), .request_id = request_id_};
    append_reply_head(head, response, facts);
    std::string_view body;
    if (reply_has_body(response.status, !with_body)) body = response.body;
    std::array<std::string_view, 2> parts = {head, body};
    ErrorCode error;
    const std::size_t sent = send_some(parts, error);
    if (error) co_return false;
    advance(parts, sent);
    if (parts[0].empty() && parts[1].empty()) co_return true;
    const std::string rest_of_head(parts[0]);  // the shard's buffer is another connection's from here on
    parts[0] = rest_of_head;
    co_return co_await write_rest(parts);
}

std::size_t ServerConnection::send_some(const std::array<std::string_view, 2>& parts, ErrorCode& error) {
    const std::array<asio::const_buffer, 2> buffers = {asio::buffer(parts[0]), asio::buffer(parts[1])};
    const std::size_t sent = socket_.send(buffers, 0, error);
    if (error == asio::error::would_block) error = {};
    return error ? 0 : sent;
}

Task<bool> ServerConnection::write_rest(std::array<std::string_view, 2> parts) {
    enter(Phase::writing, shard_.settings.write_timeout);
    while (!parts[0].empty() || !parts[1].empty()) {
        ErrorCode error;
        co_await socket_.async_wait(tcp::socket::wait_write, asio::redirect_error(asio::use_awaitable, error));
        if (cut_ || expired_) co_return false;
        const std::size_t sent = send_some(parts, error);
        if (error) co_return false;
        advance(parts, sent);
    }
    co_return true;
}

ServerResponse ServerConnection::begin_refusal(Refusal refusal) {
    request_id_ = reader_.request_id();
    if (request_id_.empty()) request_id_ = shard_.ids.next();
    log::debug(
        "http.request_refused",
        {{"request_id", request_id_}, {"status", refusal.status}, {"reason", refusal.message}, {"client_ip", peer_}});
    const ServerSettings& settings = shard_.settings;
    ServerResponse response = error_response(settings, refusal.status, refusal.message);
    if (settings.error_fields && reader_.fields() != nullptr)
        settings.error_fields(*reader_.fields(), response.headers);
    return response;
}

Task<void> ServerConnection::answer_refusal(Refusal refusal) {
    ServerResponse response = begin_refusal(refusal);
    const bool with_body = !reader_.is_head_request();
    Task<bool> writing = respond(std::move(response), Afterwards::close, with_body);
    if (co_await std::move(writing)) co_await linger();
}

Task<void> ServerConnection::linger() {
    ErrorCode error;
    socket_.shutdown(tcp::socket::shutdown_send, error);
    enter(Phase::lingering, kLingerTimeout);
    std::size_t thrown_away = 0;
    while (thrown_away < kLingerBytesMax && !cut_ && !expired_) {
        const std::size_t size = socket_.receive(asio::buffer(shard_.received), 0, error);
        if (error == asio::error::would_block) {
            if (shard_.draining()) co_return;  // what had arrived has been taken: the close is not a reset
            co_await socket_.async_wait(tcp::socket::wait_read, asio::redirect_error(asio::use_awaitable, error));
            continue;
        }
        if (error || size == 0) co_return;
        thrown_away += size;
    }
}

}  // namespace outpost::http
