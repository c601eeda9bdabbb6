#include "app/cli.hpp"

int main(int argc, char** argv) {
    return outpost::app::run_cli(argc, argv);
}
