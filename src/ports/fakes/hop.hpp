// A trip to another machine, as far as a caller can tell: it gives up the thread once.
#pragma once

#include "base/task.hpp"

namespace outpost::ports::fakes {

/// Returns on the same executor after everything that was posted to it before. Every fake call makes at least one,
/// so that callers meet the same interleavings as with a real store.
Task<void> hop();

}  // namespace outpost::ports::fakes
