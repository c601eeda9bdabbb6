#include "net/egress/policy.hpp"

#include "net/egress/host.hpp"
#include "net/egress/ranges.hpp"

#include <charconv>

namespace outpost::egress {
namespace {

namespace ip = boost::asio::ip;

/// The prefix length of "network/length"; nullopt when there is none or it is no number.
std::optional<unsigned> parse_prefix(std::string_view text, unsigned max) {
    unsigned prefix = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), prefix);
    if (error != std::errc() || end != text.data() + text.size() || prefix > max) return std::nullopt;
    return prefix;
}

std::optional<ip::address> parse_address(std::string_view text) {
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(text), error);
    if (error || text.contains('%')) return std::nullopt;
    return address;
}

/// Whether a name is one of those that lead inside by convention (rule 3).
bool is_inside_name(std::string_view host) {
    return host.ends_with(".internal") || host.ends_with(".local") || host == "internal" || host == "local";
}

bool is_localhost(std::string_view host) {
    return host == "localhost" || host.ends_with(".localhost");
}

Error bad_entry(std::string_view entry) {
    return Error(Errc::invalid,
                 fmt::format("\"{}\" is not a CIDR, an address, a host name or *.suffix", entry.substr(0, 300)));
}

}  // namespace

std::optional<Mode> parse_mode(std::string_view text) {
    if (text == "block-metadata") return Mode::block_metadata;
    if (text == "public-only") return Mode::public_only;
    if (text == "open") return Mode::open;
    return std::nullopt;
}

Result<Policy::List> Policy::parse_list(const std::vector<std::string>& entries) {
    List list;
    for (const std::string& entry : entries) {
        const std::size_t slash = entry.find('/');
        if (const auto address = parse_address(std::string_view(entry).substr(0, slash))) {
            const unsigned bits = address->is_v4() ? 32 : 128;
            const auto prefix = slash == std::string::npos
                                    ? std::optional<unsigned>(bits)
                                    : parse_prefix(std::string_view(entry).substr(slash + 1), bits);
            if (!prefix) return fail(bad_entry(entry));
            const bool mapped = address->is_v6() && address->to_v6().is_v4_mapped() && *prefix >= 96;
            if (mapped) list.v4.emplace_back(plain_form(*address).to_v4(), static_cast<unsigned short>(*prefix - 96));
            else if (address->is_v4()) list.v4.emplace_back(address->to_v4(), static_cast<unsigned short>(*prefix));
            else list.v6.emplace_back(address->to_v6(), static_cast<unsigned short>(*prefix));
            continue;
        }
        const bool suffix = entry.starts_with("*.");
        auto host = canonical_host(std::string_view(entry).substr(suffix ? 2 : 0));
        const bool literal_suffix = suffix && host.has_value() && parse_address(*host).has_value();
        if (!host || literal_suffix) return fail(bad_entry(entry));
        list.hosts.push_back({std::move(*host), suffix});
    }
    return list;
}

Result<Policy> Policy::make(const Settings& settings, std::vector<ip::address> own_addresses) {
    Policy policy;
    policy.mode_ = settings.mode;
    TRY(policy.allow_, parse_list(settings.allow));
    TRY(policy.deny_, parse_list(settings.deny));
    for (const auto& address : own_addresses) policy.own_.push_back(plain_form(address));
    return policy;
}

bool Policy::lists_address(const List& list, const ip::address& address) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return std::ranges::any_of(list.v4, [&](const ip::network_v4& network) {
            return same_prefix(bytes, network.address().to_bytes(), network.prefix_length());
        });
    }
    const auto bytes = address.to_v6().to_bytes();
    return std::ranges::any_of(list.v6, [&](const ip::network_v6& network) {
        return same_prefix(bytes, network.address().to_bytes(), network.prefix_length());
    });
}

bool Policy::lists_host(const List& list, std::string_view host) {
    return std::ranges::any_of(list.hosts, [&](const HostPattern& pattern) {
        if (!pattern.suffix) return host == pattern.name;
        return host.size() > pattern.name.size() && host.ends_with(pattern.name) &&
               host[host.size() - pattern.name.size() - 1] == '.';
    });
}

bool Policy::mode_permits(const ip::address& address) const {
    switch (mode_) {
        case Mode::open: return true;
        case Mode::block_metadata: return !is_host_metadata(address);
        case Mode::public_only: return is_public(address) && std::ranges::find(own_, address) == own_.end();
    }
    return false;
}

bool Policy::permits(std::string_view host, const ip::address& address) const {
    const ip::address outer = plain_form(address);
    const std::optional<ip::address_v4> inner = embedded_v4(outer);
    if (lists_host(deny_, host) || lists_address(deny_, outer) || (inner && lists_address(deny_, *inner))) return false;
    if (mode_ == Mode::open) return true;
    if (address.is_v6() && address.to_v6().scope_id() != 0) return false;
    if (lists_host(allow_, host)) return true;
    const auto fine = [this](const ip::address& form) { return lists_address(allow_, form) || mode_permits(form); };
    return fine(outer) && (!inner || fine(*inner));
}

bool Policy::plausible(std::string_view text) const {
    const auto canonical = canonical_host(text);
    if (!canonical) return false;
    const std::string& host = *canonical;
    if (const auto address = parse_address(host)) return permits(host, *address);
    if (lists_host(deny_, host)) return false;
    if (is_localhost(host))
        return permits(host, ip::address_v4::loopback()) || permits(host, ip::address_v6::loopback());
    if (host == "metadata.google.internal") return permits(host, ip::make_address_v4("169.254.169.254"));
    if (mode_ != Mode::public_only || !is_inside_name(host) || lists_host(allow_, host)) return true;
    // Such a name may lead to an allowed range; only connecting can tell.
    return !allow_.v4.empty() || !allow_.v6.empty();
}

}  // namespace outpost::egress
