// Templates of signatures and secrets (hard-cases T-73). First byte: the limit of the output, in 256 bytes; first line:
// the body that is signed; the rest: the template.
#include "base/utf8.hpp"
#include "fuzz/fuzz.hpp"
#include "model/template.hpp"

namespace outpost::fuzz {

void template_fuzz(std::string_view input);

void template_fuzz(std::string_view bytes) {
    Input input(bytes);
    const std::size_t limit = std::size_t{input.byte()} * 256;
    const Bytes body{std::string(input.line())};
    const auto parsed = model::Template::parse(input.rest());
    if (!parsed) {
        ASSERT(parsed.error().code() == Errc::invalid && is_utf8(parsed.error().text()));
        return;
    }
    const model::TemplateData data = {
        {"Timestamp", from_unix_ms(1'767'323'045'678)},
        {"Body", body},
        {"EventID", Bytes("evt_1")},
        {"Topic", Bytes("user.created")},
        {"Signatures", model::TemplateList{Bytes("aa"), Bytes("bb"), body}},
        {"Nothing", std::monostate()},
        {"Count", std::int64_t{-7}},
        {"Flag", true},
    };
    const auto rendered = parsed->render(data, limit);
    if (rendered) {
        ASSERT(rendered->size() <= limit);
        const auto again = parsed->render(data, limit);
        ASSERT(again.has_value() && *again == *rendered);
    } else {
        ASSERT(rendered.error().code() == Errc::invalid || rendered.error().code() == Errc::limited);
    }
    if (const auto field = parsed->only_field()) {
        const auto found = std::ranges::find(data, *field, &model::TemplateData::value_type::first);
        ASSERT(found != data.end() || !rendered.has_value());
    }
}

}  // namespace outpost::fuzz
