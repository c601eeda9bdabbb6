#include "base/id_generator.hpp"

#include "base/crypto.hpp"

namespace outpost {
namespace {

/// Random bytes in bulk: one call of the generator for some two hundred ids.
class RandomBuffer {
public:
    std::string_view take(std::size_t count) {
        if (at_ + count > bytes_.size()) {
            bytes_ = random_bytes(4096);
            at_ = 0;
        }
        at_ += count;
        return std::string_view(bytes_).substr(at_ - count, count);
    }

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

std::string_view draw(std::size_t count) {
    thread_local RandomBuffer buffer;
    return buffer.take(count);
}

std::string format_uuid(std::array<unsigned char, 16> bytes, unsigned version) {
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | version << 4);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(36);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
        text += digits[bytes[i] >> 4];
        text += digits[bytes[i] & 15];
    }
    return text;
}

std::string uuid(unsigned version, TimePoint now) {
    std::array<unsigned char, 16> bytes{};
    const std::string_view random = draw(bytes.size());
    std::ranges::copy(random, bytes.begin());
    if (version == 7) {
        const auto ms = static_cast<std::uint64_t>(unix_ms(now));
        for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<unsigned char>(ms >> (40 - 8 * i));
    }
    return format_uuid(bytes, version);
}

std::string nanoid() {
    constexpr std::string_view alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string text;
    while (text.size() < 26) {
        const std::size_t byte = static_cast<unsigned char>(draw(1).front()) & 63U;
        if (byte < alphabet.size()) text += alphabet[byte];
    }
    return text;
}

}  // namespace

std::optional<IdType> parse_id_type(std::string_view text) {
    if (text == "uuidv4") return IdType::uuidv4;
    if (text == "uuidv7") return IdType::uuidv7;
    if (text == "nanoid") return IdType::nanoid;
    return std::nullopt;
}

std::string IdGenerator::next() const {
    switch (type_) {
        case IdType::uuidv4: return prefix_ + uuid(4, {});
        case IdType::uuidv7: return prefix_ + uuid(7, clock_.now());
        case IdType::nanoid: return prefix_ + nanoid();
    }
    return {};
}

}  // namespace outpost
