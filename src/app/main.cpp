#include "app/cli.hpp"

int main(int argc, char** argv) {
    return outpost::app::run_cli(argc, argv);
}

// Read by the allocator before main: what was freed goes back to the system after a second, also when nothing happens
// any more (docs/adr/0008-jemalloc.md).
extern "C" const char* const malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
