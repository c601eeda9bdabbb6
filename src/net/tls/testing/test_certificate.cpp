#include "net/tls/test_certificate.hpp"

#include "base/result.hpp"

#include <boost/asio/buffer.hpp>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace outpost::tls {
namespace {

namespace asio = boost::asio;

template <auto free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;

Key new_key() {
    Key key(EVP_EC_gen("P-256"));
    ASSERT(key != nullptr);
    return key;
}

std::string text_of(const Bio& bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const Bio bio(BIO_new(BIO_s_mem()));
    ASSERT(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return text_of(bio);
}

std::string pem_of(EVP_PKEY* key) {
    const Bio bio(BIO_new(BIO_s_mem()));
    ASSERT(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return text_of(bio);
}

void add_extension(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
    ASSERT(extension != nullptr);
    ASSERT(X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// A certificate for `key`, not signed yet.
Certificate blank(EVP_PKEY* key, const char* common_name, long from_seconds, long to_seconds) {
    Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    std::int64_t serial = 0;
    ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1);
    ASN1_INTEGER_set_int64(X509_get_serialNumber(certificate.get()), serial & 0x7fff'ffff'ffff);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from_seconds);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), to_seconds);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
    return certificate;
}

std::string alternative_names(const TestCertificateRequest& request) {
    std::string names;
    for (const auto& name : request.dns_names) names += (names.empty() ? "DNS:" : ",DNS:") + name;
    for (const auto& address : request.ip_addresses) names += (names.empty() ? "IP:" : ",IP:") + address;
    return names;
}

/// @param issuer  null = signed by itself
TestCertificate make(const TestCertificateRequest& request, X509* issuer, EVP_PKEY* issuer_key) {
    const Key key = new_key();
    const Certificate certificate =
        blank(key.get(), "outpost test server", request.valid_from_seconds, request.valid_to_seconds);
    X509* signer = issuer != nullptr ? issuer : certificate.get();
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
    const std::string names = alternative_names(request);
    if (!names.empty()) add_extension(certificate.get(), signer, NID_subject_alt_name, names);
    ASSERT(X509_sign(certificate.get(), issuer_key != nullptr ? issuer_key : key.get(), EVP_sha256()) > 0);
    return {pem_of(certificate.get()), pem_of(key.get())};
}

}  // namespace

struct TestAuthority::Keys {
    Key key;
    Certificate certificate;
};

TestAuthority::TestAuthority() : keys_(std::make_unique<Keys>()) {
    keys_->key = new_key();
    keys_->certificate = blank(keys_->key.get(), "outpost test authority", -86'400, 86'400);
    X509* own = keys_->certificate.get();
    X509_set_issuer_name(own, X509_get_subject_name(own));
    add_extension(own, own, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
    ASSERT(X509_sign(own, keys_->key.get(), EVP_sha256()) > 0);
}

TestAuthority::~TestAuthority() = default;

TestCertificate TestAuthority::issue(const TestCertificateRequest& request) const {
    return make(request, keys_->certificate.get(), keys_->key.get());
}

std::string TestAuthority::certificate_pem() const {
    return pem_of(keys_->certificate.get());
}

void TestAuthority::trusted_by(asio::ssl::context& client) const {
    client.add_certificate_authority(asio::buffer(certificate_pem()));
}

TestCertificate self_signed(const TestCertificateRequest& request) {
    return make(request, nullptr, nullptr);
}

asio::ssl::context test_server_context(const TestCertificate& certificate) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    context.use_certificate_chain(asio::buffer(certificate.certificate_pem));
    context.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
    return context;
}

}  // namespace outpost::tls
