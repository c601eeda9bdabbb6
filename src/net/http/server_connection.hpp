// One client's connection: a coroutine that reads a request, has it handled, answers, and begins again.
#pragma once

#include "net/http/server_request_reader.hpp"
#include "net/http/server_shard.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <list>
#include <string>

namespace outpost::http {

/// After an error the client may still be sending; what it sends is thrown away within these limits, because closing
/// at once would reset the connection and take the answer with it.
inline constexpr std::size_t kLingerBytesMax = 16 * 1024 * 1024;
inline constexpr std::chrono::seconds kLingerTimeout{2};
/// A connection's own buffer is given back after a request when it is larger than this.
inline constexpr std::size_t kHeldBytesKept = 2 * 1024;

/// On its shard, from accept to close. Holds no buffer while idle.
class ServerConnection final : private DeadlineWheel::Entry {
public:
    ServerConnection(ServerShard& shard, boost::asio::ip::tcp::socket socket, bool over_capacity);
    ~ServerConnection() override;

    /// The connection's whole life.
    Task<void> run();
    /// Ends it now if it is idle, after its response if not.
    void drain();
    /// Ends it now.
    void cut();

private:
    enum class Phase { idle, head, body, handling, writing, lingering };
    enum class Received { bytes, timed_out, ended };

    void deadline_passed() override;
    void enter(Phase phase, MonotonicTime::duration timeout);
    void take();
    void keep_rest(std::string_view rest, bool was_held);
    bool send_continue();
    Task<bool> read_request();
    Task<Received> receive();
    Task<bool> exchange();
    Task<ServerResponse> handle(ServerRequest request);
    Task<bool> respond(ServerResponse response, Afterwards afterwards, bool with_body);
    Task<bool> write_rest(std::array<std::string_view, 2> parts);
    std::size_t send_some(const std::array<std::string_view, 2>& parts, boost::system::error_code& error);
    ServerResponse begin_refusal(Refusal refusal);
    Task<void> answer_refusal(Refusal refusal);
    Task<void> linger();

    ServerShard& shard_;
    boost::asio::ip::tcp::socket socket_;
    std::list<ServerConnection*>::iterator place_;
    RequestReader reader_;
    std::string peer_;
    std::string request_id_;     // of the request that is being answered
    std::string held_;           // received, not used yet: an unfinished head or later requests
    std::size_t held_from_ = 0;  // where the unused part begins
    std::string_view fresh_;     // just received, in the shard's buffer
    Phase phase_ = Phase::idle;
    bool over_capacity_ = false;
    bool expired_ = false;  // the phase's deadline has passed
    bool cut_ = false;
};

}  // namespace outpost::http
