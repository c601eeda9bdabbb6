#include "net/resolver/channel.hpp"

#include "base/log.hpp"
#include "net/resolver/reply.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <ares.h>

namespace outpost::resolver {
namespace {

constexpr MonotonicTime::duration kTimerStepMin = std::chrono::milliseconds(1);

/// Once a process; c-ares counts the calls, and the end of the process gives back what it holds.
bool library_ready() {
    static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
    return ready;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const auto& part : parts) all += (all.empty() ? "" : ",") + part;
    return all;
}

}  // namespace

/// A socket of c-ares that Asio waits on. c-ares owns and closes it: it is released, never closed, here.
struct Channel::Watch {
    using Descriptor = boost::asio::posix::basic_stream_descriptor<Executor>;
    explicit Watch(const Executor& executor) : descriptor(executor) {}
    Descriptor descriptor;
    bool alive = true;
    bool wants[2] = {false, false};    // writing, reading
    bool waiting[2] = {false, false};  // the same
};

struct Channel::Question {
    std::shared_ptr<Channel> channel;  // keeps the channel until c-ares has answered
    Done done;
};

std::shared_ptr<Channel> Channel::make(Clock& clock, Executor executor, const Settings& settings) {
    std::shared_ptr<Channel> channel(new Channel(clock, std::move(executor), settings.query_timeout));
    return channel->open(settings) ? channel : nullptr;
}

Channel::Channel(Clock& clock, Executor executor, MonotonicTime::duration query_timeout)
    : clock_(clock), executor_(std::move(executor)), query_timeout_(query_timeout) {}

Channel::~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
}

bool Channel::open(const Settings& settings) {
    if (!library_ready()) return false;
    std::string lookups = "fb";  // /etc/hosts, then DNS
    std::string path = settings.resolv_conf;
    ares_options options{};
    options.timeout = static_cast<int>(settings.query_timeout.count());
    options.tries = settings.tries;
    options.udp_port = settings.port;
    options.tcp_port = settings.port;
    options.lookups = lookups.data();
    options.resolvconf_path = path.data();
    options.sock_state_cb = &Channel::on_socket_state;
    options.sock_state_cb_data = this;
    const int mask = ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_UDP_PORT | ARES_OPT_TCP_PORT | ARES_OPT_LOOKUPS |
                     ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB;
    if (ares_init_options(&channel_, &options, mask) != ARES_SUCCESS) {
        channel_ = nullptr;
        return false;
    }
    return settings.servers.empty() ||
           ares_set_servers_ports_csv(channel_, joined(settings.servers).c_str()) == ARES_SUCCESS;
}

void Channel::ask(const std::string& host, Done done) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    // Not sorted: sorting opens a socket for every address. The dialer orders the families.
    hints.ai_flags = ARES_AI_NOSORT;
    auto question = std::make_unique<Question>(Question{shared_from_this(), std::move(done)});
    ++open_questions_;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Channel::on_answer, question.release());
    if (open_questions_ > 0) drive_timers();
}

void Channel::cancel() {
    ares_cancel(channel_);
}

void Channel::on_answer(void* raw, int status, int, ares_addrinfo* result) {
    std::unique_ptr<Question> question(static_cast<Question*>(raw));
    Reply reply = to_reply(status, result);
    if (result != nullptr) ares_freeaddrinfo(result);
    Channel& channel = *question->channel;
    channel.close_question();
    // Posted: c-ares is in the middle of its work, and the answer may end the last owner of this channel.
    boost::asio::post(channel.executor_, [question = std::move(question), reply = std::move(reply)]() mutable {
        question->done(std::move(reply));
    });
}

void Channel::close_question() {
    ASSERT(open_questions_ > 0);
    if (--open_questions_ == 0) stop_timers_.emit(boost::asio::cancellation_type::terminal);
}

void Channel::on_socket_state(void* self, int descriptor, int readable, int writable) {
    static_cast<Channel*>(self)->watch(descriptor, readable != 0, writable != 0);
}

void Channel::watch(int descriptor, bool readable, bool writable) {
    auto found = watches_.find(descriptor);
    if (!readable && !writable) {
        if (found == watches_.end()) return;
        found->second->alive = false;
        found->second->descriptor.release();
        watches_.erase(found);
        return;
    }
    if (found == watches_.end()) {
        auto watch = std::make_shared<Watch>(executor_);
        boost::system::error_code error;
        watch->descriptor.assign(descriptor, error);
        if (error) return;  // not watched: the question ends by its timeout
        found = watches_.emplace(descriptor, std::move(watch)).first;
    }
    found->second->wants[0] = writable;
    found->second->wants[1] = readable;
    const auto watch = found->second;
    wait(watch, false);
    wait(watch, true);
}

void Channel::wait(std::shared_ptr<Watch> watch, bool for_reading) {
    if (!watch->alive || !watch->wants[for_reading] || watch->waiting[for_reading]) return;
    watch->waiting[for_reading] = true;
    Watch& target = *watch;
    const auto what = for_reading ? Watch::Descriptor::wait_read : Watch::Descriptor::wait_write;
    target.descriptor.async_wait(
        what, [self = shared_from_this(), watch = std::move(watch), for_reading](boost::system::error_code error) {
            watch->waiting[for_reading] = false;
            if (error || !watch->alive || !watch->wants[for_reading]) return;
            const int descriptor = watch->descriptor.native_handle();
            ares_process_fd(self->channel_, for_reading ? descriptor : ARES_SOCKET_BAD,
                            for_reading ? ARES_SOCKET_BAD : descriptor);
            self->wait(watch, for_reading);
        });
}

void Channel::drive_timers() {
    if (timers_running_) return;
    timers_running_ = true;
    // Not in a TaskGroup: it may end after its owner, which it keeps alive, and needs no join.
    boost::asio::co_spawn(executor_, run_timers(shared_from_this()),
                          boost::asio::bind_cancellation_slot(stop_timers_.slot(),
                                                              [self = shared_from_this()](const std::exception_ptr&) {
                                                                  self->timers_running_ = false;
                                                                  if (self->open_questions_ > 0) self->drive_timers();
                                                              }));
}

/// c-ares resends and gives up only when it is called. Its own times are real ones, so a manual clock merely decides
/// when it is asked.
Task<void> Channel::run_timers(std::shared_ptr<Channel> self) {
    while (self->open_questions_ > 0) {
        timeval next{};
        MonotonicTime::duration wait = self->query_timeout_;
        // A question asked meanwhile is due after one query timeout at the earliest.
        if (ares_timeout(self->channel_, nullptr, &next) != nullptr)
            wait = std::min<MonotonicTime::duration>(
                wait, std::chrono::seconds(next.tv_sec) + std::chrono::microseconds(next.tv_usec));
        co_await self->clock_.sleep_for(std::max(wait, kTimerStepMin));
        ares_process_fd(self->channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
}

}  // namespace outpost::resolver
