// The requests in flight of one client: which of them must end, and when. Private to it.
#pragma once

#include "base/time.hpp"
#include "net/http/client_connection.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <array>
#include <string>

namespace outpost::http {

/// How often deadlines are looked at: a request may last this much longer than its deadline.
inline constexpr MonotonicTime::duration kDeadlineTick = std::chrono::milliseconds(50);

/// One request, from its start to its answer. What it holds is ended from outside by cut(): reads and writes by
/// closing the connection, a dial by its signal.
struct Flight {
    enum class Cut { none, deadline, stopped };

    using Hook = boost::intrusive::list_member_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

    Hook in_all;
    Hook in_slot;
    MonotonicTime deadline = MonotonicTime::max();
    std::string origin;
    Connection* connection = nullptr;                ///< while one is in use
    boost::asio::steady_timer* dial_stop = nullptr;  ///< while dialing; cancelling it ends the dial
    Cut why = Cut::none;
    bool may_idle = true;  ///< false: its connection must not be used again

    void cut(Cut reason);
};

/// All flights, and a wheel of those with a deadline: adding and removing cost a few pointer writes, a tick looks only
/// at the slots whose time has come.
class Flights {
public:
    explicit Flights(MonotonicTime now) : done_until_(tick_of(now)) {}

    void add(Flight& flight);
    void remove(Flight& flight);
    /// Cuts flights whose deadline is at or before `now`.
    void expire(MonotonicTime now);
    void cut_all(Flight::Cut reason);
    /// Connections in use are closed after their answer. @param origin  empty: all
    void forbid_idling(const std::string& origin);

    bool empty() const { return all_.empty(); }
    bool has_deadlines() const { return timed_ > 0; }

private:
    using Tick = MonotonicTime::rep;
    static constexpr std::size_t kSlots = 256;  // 12.8 s a turn; later deadlines are passed over

    static Tick tick_of(MonotonicTime time) { return time.time_since_epoch() / kDeadlineTick; }

    template <Flight::Hook Flight::* Member>
    using List = boost::intrusive::list<Flight, boost::intrusive::member_hook<Flight, Flight::Hook, Member>,
                                        boost::intrusive::constant_time_size<false>>;
    using Slot = List<&Flight::in_slot>;

    void expire_slot(Slot& slot, MonotonicTime now);

    List<&Flight::in_all> all_;
    std::array<Slot, kSlots> slots_;
    Tick done_until_;  // this slot is looked at again: its time is not over
    std::size_t timed_ = 0;
};

}  // namespace outpost::http
