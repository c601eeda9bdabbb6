// SIGINT and SIGTERM.
#pragma once

namespace outpost::app {

/// Blocks SIGINT and SIGTERM for this thread and those it starts later; ignores SIGPIPE and SIGXFSZ. Before any thread
/// is started.
void prepare_signals();

/// Waits for the first signal. From then on a second one ends the process at once with status 130 (hard-cases T-17).
void wait_for_signal();

/// Ends the process with status 0 after so many seconds, if it has not ended by then. Only for the very end, when every
/// fact is on disk: whatever still runs has nothing left to do.
void end_within(unsigned seconds);

}  // namespace outpost::app
