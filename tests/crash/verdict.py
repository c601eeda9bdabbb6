"""Compares what was promised with what arrived."""
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass

from load import KINDS, TENANTS, path_of
from server import Client, IN_FLIGHT_MAX

DELETED_GRACE_S = 2  # a send that had begun when its destination was deleted may still arrive
SAMPLE = 200


def undelivered(book, receiver):
    """Promises not kept yet: [(event id, path)]."""
    return [(event_id, path_of(accepted.tenant, kind))
            for event_id, accepted in list(book.accepted.items()) for kind in KINDS
            if (path_of(accepted.tenant, kind), event_id) not in receiver.delivered]


def unmade_retries(book, receiver):
    """Manual retries that were answered 202 and that no send followed."""
    last = {}
    for arrival in list(receiver.arrivals):
        last[arrival.path, arrival.event_id] = arrival.at
    return [(retry.event_id, retry.path) for retry in list(book.retries)
            if last.get((retry.path, retry.event_id), 0) < retry.asked]


@dataclass
class Outage:
    """Made by kill -9; what the dead process sent may be seen by the receiver until its successor is ready."""
    killed: float  # monotonic
    ready: float
    kills: int


def duplicates(book, receiver, outages):
    """Sends after a success. @return (Counter of the outages that explain them, [those that none explains])"""
    good = defaultdict(list)
    for arrival in receiver.arrivals:
        if arrival.good and (arrival.path, arrival.event_id) not in book.retried:
            good[arrival.path, arrival.event_id].append(arrival.at)
    by_outage, unexplained = Counter(), []
    ready = [outage.ready for outage in outages]
    for key, times in good.items():
        for first, second in zip(times, times[1:]):
            after = bisect_left(ready, first)
            if after < len(outages) and outages[after].killed <= second:
                by_outage[after] += 1
            else:
                unexplained.append(f"{key[1]} at {key[0]}: {second - first:.3f} s after its success")
    return by_outage, unexplained


def wrong_bodies(book, receiver):
    return [f"{arrival.event_id} at {arrival.path}" for arrival in receiver.arrivals
            if arrival.event_id in book.accepted and arrival.digest != book.accepted[arrival.event_id].digest]


def sent_after_deletion(book, receiver):
    return [f"{arrival.event_id} at {arrival.path}: {arrival.at - book.deleted[arrival.path]:.3f} s after the deletion"
            for arrival in receiver.arrivals
            if arrival.at > book.deleted.get(arrival.path, float("inf")) + DELETED_GRACE_S]


def wrong_records(book, server, random_source):
    """Asks the API about a sample: the event is there; attempts are numbered 1, 2, 3 … and end with a success."""
    client, wrong = Client(server.port), []
    events = list(book.accepted.items())
    by_hand = sorted({retry.event_id for retry in book.retries})
    chosen = dict(random_source.sample(events, min(SAMPLE, len(events))))
    chosen.update((event_id, book.accepted[event_id]) for event_id in by_hand[:SAMPLE])
    for event_id, accepted in chosen.items():
        status, event = client.call("GET", f"/api/v1/events/{event_id}")
        if status != 200 or event["data"]["nonce"] != accepted.nonce:
            wrong.append(f"{event_id}: {status} {event}")
        status, page = client.call("GET", f"/api/v1/attempts?event_id={event_id}&dir=asc&limit=1000")
        of_destination = defaultdict(list)
        for attempt in page["models"]:
            of_destination[attempt["destination_id"]].append(attempt)
        for kind in KINDS:
            numbers = [attempt["attempt_number"] for attempt in of_destination[kind]]
            if numbers != list(range(1, len(numbers) + 1)) or not numbers:
                wrong.append(f"{event_id}: attempts for {kind} are numbered {numbers}")
            elif of_destination[kind][-1]["status"] != "success":
                wrong.append(f"{event_id}: the last attempt for {kind} is {of_destination[kind][-1]}")
    client.close()
    return wrong


def judge(book, receiver, server, outages, random_source):
    """@return {what is wrong: [where]}, {figure: value}"""
    by_outage, unexplained = duplicates(book, receiver, outages)
    problems = {
        "LOST: answered 202, never delivered": [f"{event_id} at {path}" for event_id, path in undelivered(book, receiver)],
        "LOST: manual retry answered 202, never made": [f"{event_id} at {path}" for event_id, path in unmade_retries(book, receiver)],
        "sent again although no kill came between": unexplained,
        "more repeated than can have been in flight": [f"{count} at {outages[number]}" for number, count in by_outage.items()
                                                       if count > IN_FLIGHT_MAX * outages[number].kills],
        "another body than was published": wrong_bodies(book, receiver),
        "wrong signature": receiver.problems["signature"],
        "sent although the destination was deleted": sent_after_deletion(book, receiver),
        "wrong in the API": wrong_records(book, server, random_source),
        **book.problems,
    }
    figures = {
        **book.counts,
        "tenants": len(TENANTS),
        "promised deliveries": len(book.accepted) * len(KINDS),
        "requests received": len(receiver.arrivals),
        "repeated after kills": sum(by_outage.values()),
        "repeated after one outage, most": max(by_outage.values(), default=0),
        "slowest start to ready, s": round(server.start_seconds_max, 3),
    }
    return {what: where for what, where in problems.items() if where}, figures
