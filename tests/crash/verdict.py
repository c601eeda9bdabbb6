"""Compares what was promised with what arrived."""
from bisect import bisect_left
from collections import Counter, defaultdict

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


def duplicates(book, receiver, kills):
    """Sends after a success. @return (Counter of the kills that explain them, [those that no kill explains])"""
    good = defaultdict(list)
    for arrival in receiver.arrivals:
        if arrival.good and (arrival.path, arrival.event_id) not in book.retried:
            good[arrival.path, arrival.event_id].append(arrival.at)
    by_kill, unexplained = Counter(), []
    for key, times in good.items():
        for first, second in zip(times, times[1:]):
            kill = bisect_left(kills, first)
            if kill < len(kills) and kills[kill] <= second:
                by_kill[kill] += 1
            else:
                unexplained.append(f"{key[1]} at {key[0]}: {second - first:.3f} s after its success")
    return by_kill, unexplained


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


def judge(book, receiver, server, kills, random_source):
    """@return {what is wrong: [where]}, {figure: value}"""
    by_kill, unexplained = duplicates(book, receiver, kills)
    problems = {
        "LOST: answered 202, never delivered": [f"{event_id} at {path}" for event_id, path in undelivered(book, receiver)],
        "LOST: manual retry answered 202, never made": [f"{event_id} at {path}" for event_id, path in unmade_retries(book, receiver)],
        "sent again although no kill came between": unexplained,
        "more repeated than can have been in flight": [f"kill {kill}: {count} > {IN_FLIGHT_MAX}"
                                                       for kill, count in by_kill.items() if count > IN_FLIGHT_MAX],
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
        "repeated after a kill": sum(by_kill.values()),
        "repeated after one kill, most": max(by_kill.values(), default=0),
        "slowest start to ready, s": round(server.start_seconds_max, 3),
    }
    return {what: where for what, where in problems.items() if where}, figures
