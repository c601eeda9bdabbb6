#include "ports/fakes/hop.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace outpost::ports::fakes {

Task<void> hop() {
    co_await boost::asio::post(boost::asio::use_awaitable);
}

}  // namespace outpost::ports::fakes
