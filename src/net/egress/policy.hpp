// Which addresses deliveries may go to (destinations.md §15.4 rules 2–8, 11, 15; decision B20).
#pragma once

#include "base/result.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace outpost::egress {

enum class Mode {
    block_metadata,  ///< default: link-local and the cloud hosts' metadata addresses only
    public_only,     ///< global unicast only
    open,            ///< everything
};

/// "block-metadata", "public-only", "open".
std::optional<Mode> parse_mode(std::string_view text);

struct Settings {
    Mode mode = Mode::block_metadata;
    std::vector<std::string> allow;  ///< CIDRs, addresses, host names, "*.suffix" (sub-domains only); never "*" alone
    std::vector<std::string> deny;   ///< the same
};

/// Immutable; any thread. Precedence: deny > allow > the mode's built-in ranges.
class Policy {
public:
    /// @return invalid naming the entry that is no CIDR, address or host pattern
    static Result<Policy> make(const Settings& settings, std::vector<boost::asio::ip::address> own_addresses = {});

    /// Whether a connection for `host` may go to `address`. An IPv4-mapped address is the IPv4 address. NAT64 and 6to4
    /// addresses are judged by the IPv4 address inside as well: both must be allow-listed or permitted by the mode, and
    /// public-only permits no NAT64 range by itself (hard-cases T-60; allow 64:ff9b::/96 on a NAT64 network).
    /// Scope ids are refused unless the mode is open. An allowed host may have any address that is not denied.
    /// @param host  canonical name or literal (egress::canonical_host)
    bool permits(std::string_view host, const boost::asio::ip::address& address) const;
    /// The courtesy check when a destination is written (rule 3): false for literals and well-known names that
    /// permits() would refuse, and for what canonical_host() refuses. Resolves nothing.
    bool plausible(std::string_view host) const;

private:
    struct HostPattern {
        std::string name;
        bool suffix = false;
    };
    struct List {
        std::vector<boost::asio::ip::network_v4> v4;
        std::vector<boost::asio::ip::network_v6> v6;
        std::vector<HostPattern> hosts;
    };
    static Result<List> parse_list(const std::vector<std::string>& entries);
    static bool lists_address(const List& list, const boost::asio::ip::address& address);
    static bool lists_host(const List& list, std::string_view host);
    bool mode_permits(const boost::asio::ip::address& address) const;

    Mode mode_ = Mode::block_metadata;
    List allow_;
    List deny_;
    std::vector<boost::asio::ip::address> own_;
};

}  // namespace outpost::egress
