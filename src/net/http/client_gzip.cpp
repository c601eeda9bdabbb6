#include "net/http/client_gzip.hpp"

#include <zlib.h>

#include <array>

namespace outpost::http {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib's way to say "with a gzip header"
constexpr std::size_t kPieceBytes = 8 * 1024;

}  // namespace

void GzipDecoder::Free::operator()(z_stream_s* stream) const {
    inflateEnd(stream);
    delete stream;
}

GzipDecoder::GzipDecoder() : stream_(new z_stream_s{}) {
    if (inflateInit2(stream_.get(), kGzipOnly) != Z_OK) stream_.reset();
}

GzipDecoder::Result GzipDecoder::decode(std::string_view input, std::string& output, std::size_t output_bytes_max) {
    if (!stream_) return Result::corrupt;  // zlib could not get its memory
    std::array<char, kPieceBytes> piece;
    stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));  // zlib only reads it
    stream_->avail_in = static_cast<uInt>(input.size());
    bool more_output = false;
    while (stream_->avail_in > 0 || more_output) {
        if (whole_ && stream_->total_in > 0 && inflateReset(stream_.get()) != Z_OK) return Result::corrupt;
        whole_ = false;
        stream_->next_out = reinterpret_cast<Bytef*>(piece.data());
        stream_->avail_out = piece.size();
        const int status = inflate(stream_.get(), Z_NO_FLUSH);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return Result::corrupt;
        const std::size_t made = piece.size() - stream_->avail_out;
        if (made > output_bytes_max - std::min(output.size(), output_bytes_max)) return Result::too_large;
        output.append(piece.data(), made);
        whole_ = status == Z_STREAM_END;
        more_output = !whole_ && stream_->avail_out == 0;  // inflate may hold more than one piece back
    }
    return Result::good;
}

}  // namespace outpost::http
