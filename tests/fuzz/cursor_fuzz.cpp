// Cursors of lists (storage.md §8.3, decision D5). First byte: the kind; then the text, once as a cursor and once as
// what a cursor holds.
#include "base/encoding.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "model/cursor.hpp"

namespace outpost::fuzz {

void cursor_fuzz(std::string_view input);

namespace {

void check(model::CursorKind kind, std::string_view text) {
    const auto position = model::decode_cursor(kind, text);
    if (!position) {
        ASSERT(position.error().code() == Errc::invalid && is_utf8(position.error().text()));
        return;
    }
    if (!*position) return;
    const auto again = model::decode_cursor(kind, model::encode_cursor(kind, **position));
    ASSERT(again.has_value() && *again == *position);
    for (const auto other : {model::CursorKind::event, model::CursorKind::attempt, model::CursorKind::tenant}) {
        if (other != kind) ASSERT(!model::decode_cursor(other, text).has_value());
    }
}

}  // namespace

void cursor_fuzz(std::string_view bytes) {
    Input input(bytes);
    const auto kind = static_cast<model::CursorKind>(input.byte() % 3);
    check(kind, input.rest());
    check(kind, to_base62(input.rest()));
}

}  // namespace outpost::fuzz
