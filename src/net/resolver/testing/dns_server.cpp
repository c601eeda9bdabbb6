#include "net/resolver/testing/dns_server.hpp"

#include "base/result.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

namespace outpost::resolver {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

constexpr std::size_t kHeaderBytes = 12;
constexpr std::size_t kUdpBytesMax = 512;
constexpr int kPortTries = 20;
constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeAaaa = 28;

void put16(std::string& out, std::size_t value) {
    out += static_cast<char>((value >> 8) & 0xff);
    out += static_cast<char>(value & 0xff);
}

std::size_t get16(std::string_view from, std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(from[at])) << 8 |
           static_cast<unsigned char>(from[at + 1]);
}

struct Asked {
    std::string name;
    std::size_t type = 0;
    std::size_t end = 0;  // of the question section
};

std::optional<Asked> parse(std::string_view query) {
    if (query.size() < kHeaderBytes) return std::nullopt;
    Asked asked;
    std::size_t at = kHeaderBytes;
    while (at < query.size() && query[at] != 0) {
        const auto length = static_cast<unsigned char>(query[at]);
        if (at + 1 + length > query.size()) return std::nullopt;
        if (!asked.name.empty()) asked.name += '.';
        asked.name += query.substr(at + 1, length);
        at += 1 + length;
    }
    if (at + 5 > query.size()) return std::nullopt;
    asked.type = get16(query, at + 1);
    asked.end = at + 5;
    return asked;
}

void put_record(std::string& out, std::string_view owner, std::uint16_t type, std::uint32_t ttl,
                std::string_view data) {
    out += owner;
    put16(out, type);
    put16(out, 1);
    put16(out, ttl >> 16);
    put16(out, ttl & 0xffff);
    put16(out, data.size());
    out += data;
}

std::string encoded(std::string_view name) {
    std::string out;
    while (!name.empty()) {
        const std::size_t dot = std::min(name.find('.'), name.size());
        out += static_cast<char>(dot);
        out += name.substr(0, dot);
        name.remove_prefix(std::min(dot + 1, name.size()));
    }
    return out + '\0';
}

std::string raw(const asio::ip::address& address) {
    std::string bytes;
    const auto append = [&](const auto& all) {
        for (const auto byte : all) bytes += static_cast<char>(byte);
    };
    if (address.is_v4()) append(address.to_v4().to_bytes());
    else append(address.to_v6().to_bytes());
    return bytes;
}

std::string build(std::string_view query, const Asked& asked, const DnsReply& reply, std::size_t bytes_max) {
    const int code = reply.kind == DnsReply::Kind::nxdomain   ? 3
                     : reply.kind == DnsReply::Kind::servfail ? 2
                     : reply.kind == DnsReply::Kind::refused  ? 5
                                                              : 0;
    std::string records;
    std::size_t count = 0;
    if (reply.kind == DnsReply::Kind::answer) {
        std::string owner = "\xc0\x0c";  // the name of the question
        if (!reply.cname.empty()) {
            put_record(records, owner, kTypeCname, reply.ttl, encoded(reply.cname));
            owner = encoded(reply.cname);
            ++count;
        }
        for (const auto& address : reply.addresses) {
            if (asked.type != (address.is_v4() ? kTypeA : kTypeAaaa)) continue;
            put_record(records, owner, static_cast<std::uint16_t>(asked.type), reply.ttl, raw(address));
            ++count;
        }
    }
    const bool truncated = asked.end + records.size() > bytes_max;
    if (truncated) {
        records.clear();
        count = 0;
    }
    std::string out(query.substr(0, 2));
    put16(out, (truncated ? 0x8380u : 0x8180u) | static_cast<unsigned>(code));
    put16(out, 1);
    put16(out, count);
    put16(out, 0);
    put16(out, 0);
    out += query.substr(kHeaderBytes, asked.end - kHeaderBytes);
    return out + records;
}

}  // namespace

struct DnsServer::State : std::enable_shared_from_this<State> {
    using UdpSocket = asio::basic_datagram_socket<udp, Executor>;
    using TcpSocketType = asio::basic_stream_socket<tcp, Executor>;
    using Acceptor = asio::basic_socket_acceptor<tcp, Executor>;

    struct Session {
        explicit Session(const Executor& executor) : socket(executor) {}
        TcpSocketType socket;
        std::string query;
        std::string answer;
    };

    State(const Executor& executor, Script script_)
        : udp_socket(executor), acceptor(executor), script(std::move(script_)) {}

    /// A free port for both protocols.
    bool bind(const asio::ip::address& address, std::uint16_t wanted) {
        error_code error;
        udp_socket.open(address.is_v4() ? udp::v4() : udp::v6());
        udp_socket.bind({address, wanted}, error);
        if (error) return false;
        acceptor.open(address.is_v4() ? tcp::v4() : tcp::v6());
        acceptor.set_option(asio::socket_base::reuse_address(true));
        acceptor.bind({address, udp_socket.local_endpoint().port()}, error);
        if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
        if (!error) return true;
        udp_socket.close();
        acceptor.close();
        return false;
    }

    std::optional<std::string> answer(std::string_view query, std::size_t bytes_max) {
        const auto asked = parse(query);
        if (!asked) return std::nullopt;
        ++questions;
        const DnsReply reply = script(asked->name);
        if (reply.kind == DnsReply::Kind::silence) return std::nullopt;
        return build(query, *asked, reply, bytes_max);
    }

    void receive() {
        udp_socket.async_receive_from(asio::buffer(datagram), peer,
                                      [self = shared_from_this()](error_code error, std::size_t size) {
                                          if (error) return;
                                          const auto reply = self->answer({self->datagram.data(), size}, kUdpBytesMax);
                                          if (reply) self->udp_socket.send_to(asio::buffer(*reply), self->peer);
                                          self->receive();
                                      });
    }

    void accept() {
        auto session = std::make_shared<Session>(acceptor.get_executor());
        acceptor.async_accept(session->socket, [self = shared_from_this(), session](error_code error) {
            if (error) return;
            self->read(session);
            self->accept();
        });
    }

    void read(std::shared_ptr<Session> session) {
        session->query.resize(2);
        asio::async_read(session->socket, asio::buffer(session->query),
                         [self = shared_from_this(), session](error_code error, std::size_t) {
                             if (error) return;
                             session->query.resize(get16(session->query, 0));
                             asio::async_read(session->socket, asio::buffer(session->query),
                                              [self, session](error_code failed, std::size_t) {
                                                  if (!failed) self->reply_to(session);
                                              });
                         });
    }

    void reply_to(std::shared_ptr<Session> session) {
        ++by_tcp;
        const auto reply = answer(session->query, 65535);
        if (!reply) return;
        session->answer.clear();
        put16(session->answer, reply->size());
        session->answer += *reply;
        asio::async_write(session->socket, asio::buffer(session->answer),
                          [self = shared_from_this(), session](error_code error, std::size_t) {
                              if (!error) self->read(session);
                          });
    }

    UdpSocket udp_socket;
    Acceptor acceptor;
    Script script;
    std::array<char, 2048> datagram{};
    udp::endpoint peer;
    std::size_t questions = 0;
    std::size_t by_tcp = 0;
};

DnsServer::DnsServer(Executor executor, Script script, const std::string& address, std::uint16_t port)
    : state_(std::make_shared<State>(executor, std::move(script))) {
    bool bound = false;
    for (int i = 0; i < kPortTries && !bound; ++i) bound = state_->bind(asio::ip::make_address(address), port);
    ASSERT(bound);
    state_->receive();
    state_->accept();
}

DnsServer::~DnsServer() {
    state_->udp_socket.close();
    state_->acceptor.close();
}

std::uint16_t DnsServer::port() const {
    return state_->udp_socket.local_endpoint().port();
}

std::string DnsServer::endpoint() const {
    return fmt::format("{}:{}", state_->udp_socket.local_endpoint().address().to_string(), port());
}

std::size_t DnsServer::questions() const {
    return state_->questions;
}

std::size_t DnsServer::questions_by_tcp() const {
    return state_->by_tcp;
}

std::vector<asio::ip::address> addresses(std::initializer_list<const char*> texts) {
    std::vector<asio::ip::address> all;
    for (const char* text : texts) all.push_back(asio::ip::make_address(text));
    return all;
}

}  // namespace outpost::resolver
