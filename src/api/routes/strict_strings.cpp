#include "api/routes/strict_strings.hpp"

#include "manage/input/raw_object.hpp"

namespace outpost::api {

Result<model::StringMap> parse_strict_strings(std::string_view raw) {
    const auto invalid = fail(Errc::invalid, "invalid JSON");
    if (manage::kind_of(raw) != JsonKind::object) return invalid;
    TRY(const manage::RawObject object, manage::RawObject::parse(raw));
    model::StringMap strings;
    for (const manage::RawMember& member : object.members()) {
        if (manage::kind_of(member.value) != JsonKind::string) return invalid;
        strings.insert_or_assign(member.name, json_string_text(member.value));
    }
    return strings;
}

}  // namespace outpost::api
