// A real HTTP client and a fake service on one io_context. For tests.
#pragma once

#include "base/clock.hpp"
#include "net/http/testing/fake_service.hpp"
#include "net/dialer/dialer.hpp"
#include "net/egress/policy.hpp"
#include "net/http/client.hpp"
#include "net/resolver/resolver.hpp"
#include "net/tls/context.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>

#include <optional>

namespace outpost::http {

/// One thread runs both sides.
class Wire {
public:
    Wire() = default;
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() {
        run(service.stop());
        client.close();
        resolver_.close();
        io.poll();
    }

    /// Runs until `work` has its result.
    template <class T>
    T run(Task<T> work) {
        std::optional<T> result;
        boost::asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& thrown, T value) {
            if (thrown) std::rethrow_exception(thrown);
            result.emplace(std::move(value));
            io.stop();
        });
        io.restart();
        io.run();
        return *std::move(result);
    }

    boost::asio::io_context io{1};
    SystemClock clock;
    egress::Policy policy = *egress::Policy::make({});

private:
    boost::asio::ssl::context tls_ = *tls::make_client_context();
    resolver::Resolver resolver_{clock, io.get_executor(), {}};
    net::Dialer dialer_{resolver_, policy, tls_, clock, io.get_executor()};

public:
    Client client{dialer_, clock, io.get_executor(), {}};
    FakeService service{io, [](const FakeRequest&) { return FakeAnswer{}; }};
};

}  // namespace outpost::http
