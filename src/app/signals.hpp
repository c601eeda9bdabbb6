// SIGINT and SIGTERM.
#pragma once

namespace outpost::app {

/// Blocks SIGINT and SIGTERM for this thread and those it starts later; ignores SIGPIPE. Before any thread is started.
void prepare_signals();

/// Waits for the first signal. From then on a second one ends the process at once with status 130 (hard-cases T-17).
void wait_for_signal();

}  // namespace outpost::app
