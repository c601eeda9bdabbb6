// Judges signatures as AWS does. For tests.
#pragma once

#include "net/aws/signer.hpp"
#include "net/http/testing/fake_service.hpp"

namespace outpost::aws {

/// Whether `request` was signed with these keys, by a signature made anew from what the request says of itself.
bool is_signed_with(const http::FakeRequest& request, const Credentials& credentials);

}  // namespace outpost::aws
