#include "net/http/server.hpp"

#include "net/http/server_listener.hpp"
#include "net/http/server_shard.hpp"

#include <boost/asio/post.hpp>

namespace outpost::http {

class Server::Impl {
public:
    Impl(const Shards& shards, Clock& clock, ServerSettings settings, std::vector<Handler> handlers)
        : settings_(std::move(settings)), front_(shards.executor(0)), listener_(front_, clock, settings_) {
        ASSERT(handlers.size() == shards.size());
        for (std::size_t number = 0; number < shards.size(); ++number) {
            auto released = [this, number] {
                boost::asio::post(front_, [this, number] { listener_.released(number); });
            };
            shards_.push_back(std::make_unique<ServerShard>(shards.executor(number), clock, settings_,
                                                            std::move(handlers[number]), released));
        }
    }

    Result<void> start() {
        TRY_VOID(listener_.open());
        started_ = true;
        listener_.start(shards_);
        return {};
    }

    std::uint16_t port() const { return listener_.port(); }

    Task<void> stop(Deadline deadline) {
        if (!started_) co_return;
        Task<void> closing = listener_.close();
        co_await on(front_, std::move(closing));
        for (auto& shard : shards_) {  // all of them first: a shard's requests must not keep another's clients busy
            Task<void> beginning = shard->begin_drain();
            co_await on(shard->executor, std::move(beginning));
        }
        for (auto& shard : shards_) {
            Task<void> finishing = shard->finish_drain(deadline);
            co_await on(shard->executor, std::move(finishing));
        }
        Task<void> released = listener_.all_released();
        co_await on(front_, std::move(released));
    }

private:
    const ServerSettings settings_;
    const Executor front_;  // shard 0, which accepts
    std::vector<std::unique_ptr<ServerShard>> shards_;
    Listener listener_;
    bool started_ = false;
};

Server::Server(const Shards& shards, Clock& clock, ServerSettings settings, std::vector<Handler> handlers)
    : impl_(std::make_unique<Impl>(shards, clock, std::move(settings), std::move(handlers))) {}

Server::~Server() = default;

Result<void> Server::start() {
    return impl_->start();
}

std::uint16_t Server::port() const {
    return impl_->port();
}

Task<void> Server::stop(Deadline deadline) {
    return impl_->stop(deadline);
}

}  // namespace outpost::http
