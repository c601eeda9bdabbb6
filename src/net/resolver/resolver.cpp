#include "net/resolver/resolver.hpp"

#include "base/log.hpp"
#include "base/with_deadline.hpp"
#include "net/resolver/cache.hpp"
#include "net/resolver/channel.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <sys/stat.h>

namespace outpost::resolver {
namespace {

namespace ip = boost::asio::ip;

/// A deadline that cuts a question off sooner says nothing about the server.
constexpr MonotonicTime::duration kSilenceMin = std::chrono::seconds(1);

std::unexpected<net::Failure> failed(net::FailureKind kind, std::string detail) {
    return std::unexpected(net::Failure{kind, std::move(detail)});
}

/// What tells that a file is another one now.
struct FileStamp {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileStamp&) const = default;
};

FileStamp stamp_of(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return {};
    return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec, static_cast<std::uint64_t>(info.st_size), info.st_ino};
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
    return text;
}

std::optional<Outcome> known_without_asking(const std::string& host) {
    if (host == "localhost" || host.ends_with(".localhost"))
        return std::vector<ip::address>{ip::address_v4::loopback(), ip::address_v6::loopback()};
    boost::system::error_code error;
    const auto literal = ip::make_address(host, error);
    if (!error) return std::vector<ip::address>{literal};
    if (host.empty() || host.contains('\0')) return failed(net::FailureKind::dns_error, "not a name");
    return std::nullopt;
}

/// One question to the servers and everybody who waits for its answer.
struct Question {
    Question(const Executor& executor, MonotonicTime now)
        : answered(executor, boost::asio::steady_timer::time_point::max()), asked_at(now) {}
    boost::asio::steady_timer answered;  // never fires: cancelled when the outcome is there
    MonotonicTime asked_at;
    std::optional<Outcome> outcome;
    std::shared_ptr<Channel> channel;  // that was asked
    bool silence_counted = false;
};

Task<Result<Outcome>> wait_for(std::shared_ptr<Question> question) {
    if (!question->outcome) {
        boost::system::error_code error;
        co_await question->answered.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
    }
    if (!question->outcome) throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_return Result<Outcome>(std::in_place, *question->outcome);
}

}  // namespace

class Resolver::Impl : public std::enable_shared_from_this<Impl> {
public:
    Impl(Clock& clock, Executor executor, Settings settings)
        : clock_(clock),
          executor_(std::move(executor)),
          settings_(std::move(settings)),
          cache_(settings_.cache_entries_max) {}

    static Task<Outcome> resolve(std::shared_ptr<Impl> self, std::string host, Deadline deadline);
    void close();
    std::size_t rebuilds() const { return rebuilds_; }

private:
    std::expected<std::shared_ptr<Question>, net::Failure> question_for(const std::string& host);
    bool refresh_channel();
    void finish(const std::string& host, const std::shared_ptr<Question>& question, Reply reply);
    void forget(const std::string& host, const std::shared_ptr<Question>& question);
    void note_silence(const std::string& host, const std::shared_ptr<Question>& question);

    Clock& clock_;
    Executor executor_;
    Settings settings_;
    Cache cache_;
    std::shared_ptr<Channel> channel_;
    FileStamp stamp_;
    int timeouts_in_a_row_ = 0;
    std::size_t rebuilds_ = 0;
    bool closed_ = false;
    std::size_t asked_ = 0;  // questions that c-ares has not answered, forgotten ones included
    std::unordered_map<std::string, std::shared_ptr<Question>> open_;  // shared with those who wait
    std::vector<std::weak_ptr<Channel>> retired_;                      // replaced while they still had questions
};

Task<Outcome> Resolver::Impl::resolve(std::shared_ptr<Impl> self, std::string host, Deadline deadline) {
    host = lower(std::move(host));
    if (const auto known = known_without_asking(host)) co_return *known;
    if (self->closed_) co_return failed(net::FailureKind::cancelled, "the resolver is closed");
    if (const Outcome* kept = self->cache_.find(host, self->clock_.monotonic())) co_return *kept;
    if (deadline.passed(self->clock_)) co_return failed(net::FailureKind::timeout, "the deadline passed");

    auto question = self->question_for(host);
    if (!question) co_return std::unexpected(std::move(question).error());
    auto answer = co_await with_deadline(self->clock_, deadline, wait_for(*question));
    if (answer) co_return std::move(*answer);
    self->note_silence(host, *question);
    co_return failed(net::FailureKind::timeout, "no answer from the name servers in time");
}

std::expected<std::shared_ptr<Question>, net::Failure> Resolver::Impl::question_for(const std::string& host) {
    if (const auto found = open_.find(host); found != open_.end()) return found->second;
    if (asked_ >= kOpenQuestionsMax) return failed(net::FailureKind::resources, "too many open questions");
    if (!refresh_channel()) return failed(net::FailureKind::resources, "c-ares could not be set up");
    auto question = std::make_shared<Question>(executor_, clock_.monotonic());
    question->channel = channel_;
    open_.emplace(host, question);
    ++asked_;
    channel_->ask(host, [self = shared_from_this(), host, question](Reply reply) {
        self->finish(host, question, std::move(reply));
    });
    return question;
}

/// A channel reads its configuration once; so it is replaced when that has changed, or may have gone stale.
bool Resolver::Impl::refresh_channel() {
    const FileStamp stamp = stamp_of(settings_.resolv_conf);
    if (channel_ && stamp == stamp_ && timeouts_in_a_row_ < kTimeoutsBeforeRebuild) return true;
    auto fresh = Channel::make(clock_, executor_, settings_);
    if (!fresh) {
        log::warn("resolver.not_rebuilt", {{"resolv_conf", settings_.resolv_conf}});
        return channel_ != nullptr;
    }
    std::erase_if(retired_, [](const auto& channel) { return channel.expired(); });
    if (channel_) {
        retired_.push_back(channel_);
        ++rebuilds_;
        log::info("resolver.rebuilt", {{"timeouts_in_a_row", timeouts_in_a_row_}});
    }
    channel_ = std::move(fresh);
    stamp_ = stamp;
    timeouts_in_a_row_ = 0;
    return true;
}

void Resolver::Impl::finish(const std::string& host, const std::shared_ptr<Question>& question, Reply reply) {
    --asked_;
    forget(host, question);
    const bool silent = reply.failure == net::FailureKind::timeout;
    const bool counts = question->channel == channel_ && !(silent && question->silence_counted);
    if (counts) timeouts_in_a_row_ = silent ? timeouts_in_a_row_ + 1 : 0;
    question->channel.reset();
    const MonotonicTime now = clock_.monotonic();
    if (!reply.failure) {
        question->outcome = std::move(reply.addresses);
        const auto ttl = std::min(reply.ttl, settings_.ttl_max);
        if (ttl.count() > 0) cache_.store(host, *question->outcome, now + ttl);
    } else {
        question->outcome = failed(*reply.failure, std::move(reply.detail));
        if (reply.failure == net::FailureKind::dns_error)
            cache_.store(host, *question->outcome, now + settings_.negative_ttl);
    }
    question->answered.cancel();
}

void Resolver::Impl::forget(const std::string& host, const std::shared_ptr<Question>& question) {
    if (const auto found = open_.find(host); found != open_.end() && found->second == question) open_.erase(found);
}

/// Somebody's deadline passed first. The next one asks anew, perhaps other servers.
void Resolver::Impl::note_silence(const std::string& host, const std::shared_ptr<Question>& question) {
    const bool counts =
        question->channel && question->channel == channel_ && clock_.monotonic() - question->asked_at >= kSilenceMin;
    const auto found = open_.find(host);
    if (!counts || found == open_.end() || found->second != question) return;
    ++timeouts_in_a_row_;
    question->silence_counted = true;
    open_.erase(found);
}

void Resolver::Impl::close() {
    closed_ = true;
    if (channel_) channel_->cancel();
    for (const auto& retired : retired_)
        if (const auto channel = retired.lock()) channel->cancel();
}

Resolver::Resolver(Clock& clock, Executor executor, Settings settings)
    : impl_(std::make_shared<Impl>(clock, std::move(executor), std::move(settings))) {}

Resolver::~Resolver() {
    impl_->close();
}

Task<Outcome> Resolver::resolve(std::string host, Deadline deadline) {
    return Impl::resolve(impl_, std::move(host), deadline);
}

void Resolver::close() {
    impl_->close();
}

std::size_t Resolver::rebuilds() const {
    return impl_->rebuilds();
}

}  // namespace outpost::resolver
