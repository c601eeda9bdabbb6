#include "app/threads.hpp"

#include "base/log.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace outpost::app {
namespace {

constexpr std::size_t kReaders = 2;
constexpr int kSealerNice = 10;

}  // namespace

struct Threads::Loop {
    boost::asio::io_context context{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard{context.get_executor()};
    std::thread thread;
};

Executor Threads::add(std::string name, int nice) {
    auto loop = std::make_unique<Loop>();
    boost::asio::io_context& context = loop->context;
    loop->thread = std::thread([&context, name, nice] {
        pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
        if (nice != 0) setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)), nice);
        while (true) {
            try {
                context.run();
                return;
            } catch (const std::exception& error) {  // a handler outside any task group: a bug, but not the end
                log::error("thread.exception", {{"thread", name}, {"error", error.what()}});
            }
        }
    });
    loops_.push_back(std::move(loop));
    return context.get_executor();
}

Threads::Threads(std::size_t shards) {
    std::vector<Executor> executors;
    for (std::size_t shard = 0; shard < shards; ++shard) executors.push_back(add(fmt::format("shard-{}", shard), 0));
    shards_ = std::make_unique<Shards>(std::move(executors));
    engine_.log = add("log", 0);
    engine_.control = add("control", 0);
    engine_.sealer = add("sealer", kSealerNice);
    for (std::size_t reader = 0; reader < kReaders; ++reader) {
        engine_.readers.push_back(add(fmt::format("reader-{}", reader), 0));
    }
}

Threads::~Threads() {
    stop();
}

embedded::EngineExecutors Threads::engine_executors() const {
    return engine_;
}

void Threads::stop() {
    for (auto& loop : loops_) loop->guard.reset();
    for (auto& loop : loops_) {
        if (loop->thread.joinable()) loop->thread.join();
    }
}

}  // namespace outpost::app
