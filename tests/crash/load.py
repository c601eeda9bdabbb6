"""Who uses the server meanwhile: publishers, people who retry by hand, and one who deletes and re-creates."""
import hashlib
import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from receiver import secret_of
from server import Client, Unanswered

TENANTS = ("t0", "t1", "t2")
KINDS = ("steady", "flaky", "away")  # destinations that stay; their ids, too


def path_of(tenant, kind):
    return f"/{tenant}/{kind}"


@dataclass
class Accepted:
    tenant: str
    digest: bytes
    nonce: str


@dataclass
class Retry:
    event_id: str
    path: str
    asked: float  # monotonic, before the request was sent


@dataclass
class Book:
    """What the server has promised. Lists and dictionaries are only appended to, each entry by one thread."""
    accepted: dict = field(default_factory=dict)       # event id → Accepted
    retries: list = field(default_factory=list)        # answered 202
    retried: set = field(default_factory=set)          # (path, event id) asked for by hand, answered or not
    deleted: dict = field(default_factory=dict)        # path → when the deletion was answered
    counts: defaultdict = field(default_factory=lambda: defaultdict(int))
    problems: defaultdict = field(default_factory=lambda: defaultdict(list))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def accept(self, answer, given_id, accepted):
        event_id = answer["id"]
        missing = set(KINDS) - set(answer["destination_ids"])
        with self.lock:
            if missing:
                self.problems["202 without all destinations"].append(f"{event_id}: {missing} missing in {answer}")
            if given_id and event_id != given_id:
                self.problems["another id than was given"].append(f"{given_id}: {answer}")
            if event_id in self.accepted:
                self.problems["one id for two events"].append(f"{event_id}: {self.accepted[event_id]} and {accepted}")
            self.accepted[event_id] = accepted
            self.counts["duplicate" if answer["duplicate"] else "accepted"] += 1


class Worker(threading.Thread):
    """Repeats `step` until told to end; what the server left unanswered is the step's own business."""

    def __init__(self, server, book, random_source, pause_s):
        super().__init__(daemon=True)
        self.server, self.book, self.random, self.pause_s = server, book, random_source, pause_s
        self.client = Client(server.port)
        self.ending = threading.Event()
        self.start()

    def run(self):
        while not self.ending.is_set():
            try:
                self.step()
            except Unanswered:
                self.book.count("unanswered")
                self.server.ready.wait(1)
            except Exception as error:  # a worker that dies silently would make the test pass
                self.book.problems["test broken"].append(repr(error))
                return
            self.ending.wait(self.random.uniform(0, 2 * self.pause_s))

    def end(self):
        self.ending.set()
        self.join()

    def ask_until_answered(self, method, path, body=None):
        """@return (status, body), or (None, None) when the test ends first"""
        while not self.ending.is_set():
            try:
                return self.client.call(method, path, body)
            except Unanswered:
                self.book.count("unanswered")
                self.server.ready.wait(1)
        return None, None


class Publisher(Worker):
    def __init__(self, name, *arguments):
        self.label, self.number = name, 0
        super().__init__(*arguments)

    def step(self):
        self.number += 1
        nonce = f"{self.label}-{self.number}"
        tenant = self.random.choice(TENANTS)
        # Odd blanks and escapes: the bytes must arrive as they are (decision B1).
        data = '{ "nonce":"%s", "n": %d.0,\t"pad":"%s\\u0041é" }' % (nonce, self.number, "x" * self.random.choice((0, 100, 1000, 9000)))
        accepted = Accepted(tenant, hashlib.sha256(data.encode()).digest(), nonce)
        given_id = f"client-{nonce}" if self.random.random() < 0.5 else None
        fields = f'"tenant_id":"{tenant}","topic":"user.created","data":{data}'
        if given_id:
            fields = f'"id":"{given_id}",{fields}'
        body = f"{{{fields}}}".encode()
        # With an id of its own a client may ask again until it knows; without one it would make a second event.
        ask = self.ask_until_answered if given_id else self.client.call
        status, answer = ask("POST", "/api/v1/publish", body)
        if status == 202:
            self.book.accept(answer, given_id, accepted)
        elif status == 503:
            self.book.count("publish 503")
        elif status is not None:
            self.book.problems["publish"].append(f"{nonce}: {status} {answer}")


class Person(Worker):
    """Asks for manual retries of events that were accepted, old or new."""

    def step(self):
        if not self.book.accepted:
            return
        with self.book.lock:
            event_id, accepted = self.random.choice(list(self.book.accepted.items())[-500:])
        kind = self.random.choice(KINDS)
        retry = Retry(event_id, path_of(accepted.tenant, kind), time.monotonic())
        self.book.retried.add((retry.path, event_id))
        status, answer = self.client.call("POST", "/api/v1/retry", {"event_id": event_id, "destination_id": kind})
        if status == 202:
            self.book.retries.append(retry)
            self.book.count("manual retries")
        elif status != 503:
            self.book.problems["manual retry"].append(f"{event_id} {retry.path}: {status} {answer}")


class Owner(Worker):
    """Deletes a destination and makes one of the same id, which has nothing to do with the old one (design §2)."""

    def __init__(self, port, *arguments):
        self.url, self.generation = f"http://127.0.0.1:{port}", 0
        super().__init__(*arguments)

    def path(self):
        return f"/t0/doomed/{self.generation}"

    def step(self):
        route = "/api/v1/tenants/t0/destinations"
        self.generation += 1
        status, answer = self.ask_until_answered("POST", route, webhook("doomed", self.url, self.path()))
        if status not in (201, 400, None):  # 400: an earlier request was done although nobody answered it
            self.book.problems["create"].append(f"{self.path()}: {status} {answer}")
        self.ending.wait(self.random.uniform(0.2, 2))
        status, answer = self.ask_until_answered("DELETE", f"{route}/doomed")
        if status in (200, 404):
            self.book.deleted[self.path()] = time.monotonic()
            self.book.count("deletions")
        elif status is not None:
            self.book.problems["delete"].append(f"{self.path()}: {status} {answer}")


def webhook(destination_id, origin, path):
    return {"id": destination_id, "type": "webhook", "topics": ["*"], "config": {"url": origin + path},
            "credentials": {"secret": secret_of(path)}}


def set_up(server, receiver):
    """The tenants and the destinations that stay."""
    client = Client(server.port)
    for tenant in TENANTS:
        status, answer = client.call("PUT", f"/api/v1/tenants/{tenant}")
        assert status == 201, (status, answer)
        for kind in KINDS:
            port = receiver.away_port if kind == "away" else receiver.port
            body = webhook(kind, f"http://127.0.0.1:{port}", path_of(tenant, kind))
            status, answer = client.call("POST", f"/api/v1/tenants/{tenant}/destinations", json.dumps(body).encode())
            assert status == 201, (status, answer)
    client.close()
