// The entry point that libFuzzer calls; one a program.
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace outpost::fuzz {
void OUTPOST_FUZZER(std::string_view input);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    outpost::fuzz::OUTPOST_FUZZER({reinterpret_cast<const char*>(data), size});
    return 0;
}
