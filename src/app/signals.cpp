#include "app/signals.hpp"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace outpost::app {
namespace {

sigset_t stop_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    return set;
}

void end_at_once(int) {
    _exit(130);
}
void end_well(int) {
    _exit(0);
}

}  // namespace

void prepare_signals() {
    const sigset_t set = stop_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);  // a write over a file size limit fails like a full disk, it does not kill
}

void wait_for_signal() {
    const sigset_t set = stop_signals();
    int received = 0;
    sigwait(&set, &received);
    std::signal(SIGINT, &end_at_once);
    std::signal(SIGTERM, &end_at_once);
    pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void end_within(unsigned seconds) {
    std::signal(SIGALRM, &end_well);
    ::alarm(seconds);
}

}  // namespace outpost::app
