// Decoding of gzip content (hard-cases T-35). First byte: how the bytes arrive; second: the limit, in 64 bytes; then
// the bytes, once as content to decode, once as text to encode.
#include "fuzz/fuzz.hpp"
#include "net/http/client_gzip.hpp"

#include <zlib.h>

namespace outpost::fuzz {

void gzip_fuzz(std::string_view input);

namespace {

using Result = http::GzipDecoder::Result;

struct Decoded {
    Result result = Result::good;
    bool whole = true;
    std::string text;
};

Decoded decode(std::string_view bytes, std::uint8_t seed, std::size_t limit) {
    http::GzipDecoder decoder;
    Decoded decoded;
    for (Pieces pieces(bytes, seed); !pieces.done() && decoded.result == Result::good;) {
        decoded.result = decoder.decode(pieces.next(), decoded.text, limit);
        ASSERT(decoded.text.size() <= limit);
    }
    decoded.whole = decoder.is_whole();
    return decoded;
}

std::string encode(std::string_view text) {
    z_stream stream{};
    ASSERT(deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 1, Z_DEFAULT_STRATEGY) == Z_OK);
    std::string encoded(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(encoded.data());
    stream.avail_out = static_cast<uInt>(encoded.size());
    ASSERT(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    encoded.resize(encoded.size() - stream.avail_out);
    deflateEnd(&stream);
    return encoded;
}

}  // namespace

void gzip_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::uint8_t seed = input.byte();
    const std::size_t limit = std::size_t{input.byte()} * 64;
    const Decoded whole = decode(input.rest(), 0, limit);
    const Decoded pieces = decode(input.rest(), seed | 1, limit);
    ASSERT((whole.result == Result::good) == (pieces.result == Result::good));
    ASSERT(whole.result != Result::good || (whole.text == pieces.text && whole.whole == pieces.whole));

    const std::string encoded = encode(input.rest());
    const Decoded back = decode(encoded + encoded, seed | 1, input.rest().size() * 2);
    ASSERT(back.result == Result::good && back.whole);
    ASSERT(back.text == std::string(input.rest()) + std::string(input.rest()));
    const Decoded cut = decode(std::string_view(encoded).substr(0, encoded.size() - 1), seed | 1, input.rest().size());
    ASSERT(!cut.whole || cut.result != Result::good);
}

}  // namespace outpost::fuzz
