// The coroutine type of the whole program (style.md §5).
#pragma once

#include <boost/asio/awaitable.hpp>

namespace outpost {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace outpost
