// Immutable bytes shared by reference count: a payload fans out to a thousand destinations without a copy.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace outpost {

/// A view into shared, immutable storage. Copying costs one counter; any thread may hold one.
class Bytes {
public:
    Bytes() = default;
    explicit Bytes(std::string content)
        : owner_(std::make_shared<const std::string>(std::move(content))), view_(*owner_) {}

    std::string_view view() const { return view_; }
    std::size_t size() const { return view_.size(); }
    bool empty() const { return view_.empty(); }
    /// The part [offset, offset + length) of these bytes, sharing their storage.
    Bytes slice(std::size_t offset, std::size_t length) const {
        Bytes part;
        part.owner_ = owner_;
        part.view_ = view_.substr(offset, length);
        return part;
    }
    friend bool operator==(const Bytes& a, const Bytes& b) { return a.view_ == b.view_; }

private:
    std::shared_ptr<const std::string> owner_;  // shared: the last of many deliveries frees the payload
    std::string_view view_;
};

}  // namespace outpost
