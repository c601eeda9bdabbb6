#include "base/json.hpp"

#include "base/json_writer.hpp"

namespace outpost {
namespace {

void write(JsonWriter& out, const json::value& value, bool sorted) {
    switch (value.kind()) {
        case json::kind::null: out.null(); return;
        case json::kind::bool_: out.value(value.get_bool()); return;
        case json::kind::int64: out.value(value.get_int64()); return;
        case json::kind::uint64: out.value(value.get_uint64()); return;
        case json::kind::double_: out.value(value.get_double()); return;
        case json::kind::string: out.value(std::string_view(value.get_string())); return;
        case json::kind::array:
            out.begin_array();
            for (const json::value& element : value.get_array()) write(out, element, sorted);
            out.end_array();
            return;
        case json::kind::object: break;
    }
    std::vector<const json::key_value_pair*> members;
    for (const json::key_value_pair& member : value.get_object()) members.push_back(&member);
    if (sorted) std::ranges::sort(members, {}, [](const auto* member) { return std::string_view(member->key()); });
    out.begin_object();
    for (const auto* member : members) {
        out.key(member->key());
        write(out, member->value(), sorted);
    }
    out.end_object();
}

}  // namespace

Result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = kJsonDepthMax;
    json::stream_parser parser({}, options);
    boost::system::error_code error;
    parser.write_some(text.data(), text.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) return fail(Errc::invalid, "invalid JSON");
    return parser.release();
}

std::string to_json(const json::value& value) {
    std::string out;
    JsonWriter writer(out);
    write(writer, value, false);
    return out;
}

std::string to_canonical_json(const json::value& value) {
    std::string out;
    JsonWriter writer(out);
    write(writer, value, true);
    return out;
}

}  // namespace outpost
