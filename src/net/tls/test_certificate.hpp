// Certificates made in memory for tests: link outpost_net_tls_testing.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>
#include <vector>

namespace outpost::tls {

/// A private key and its certificate.
struct TestCertificate {
    std::string certificate_pem;
    std::string key_pem;
};

struct TestCertificateRequest {
    std::vector<std::string> dns_names;     ///< "localhost", "*.example.test"
    std::vector<std::string> ip_addresses;  ///< "127.0.0.1", "::1"
    long valid_from_seconds = -3600;        ///< relative to the machine's clock, as OpenSSL checks by it
    long valid_to_seconds = 3600;
};

/// A certificate authority that exists only in this process.
class TestAuthority {
public:
    TestAuthority();
    ~TestAuthority();
    TestAuthority(const TestAuthority&) = delete;
    TestAuthority& operator=(const TestAuthority&) = delete;

    TestCertificate issue(const TestCertificateRequest& request) const;
    /// What a client must trust.
    std::string certificate_pem() const;
    /// Makes `client` trust this authority.
    void trusted_by(boost::asio::ssl::context& client) const;

private:
    struct Keys;
    std::unique_ptr<Keys> keys_;
};

/// A certificate that nobody has issued.
TestCertificate self_signed(const TestCertificateRequest& request);

/// A server context that presents `certificate`.
boost::asio::ssl::context test_server_context(const TestCertificate& certificate);

}  // namespace outpost::tls
