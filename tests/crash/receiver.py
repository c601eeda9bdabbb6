"""The customers' endpoints: each request is checked, remembered, and answered well or badly."""
import asyncio
import hashlib
import hmac
import threading
import time
from collections import defaultdict
from dataclasses import dataclass

from server import free_port

FLAKY_500, FLAKY_RESET, FLAKY_HANG = 0.25, 0.03, 0.0005
DOOMED_500 = 0.5


def secret_of(path):
    """The signing secret of the destination that has this path."""
    return "secret of " + path


@dataclass
class Arrival:
    at: float  # monotonic
    event_id: str
    path: str
    digest: bytes  # of the body
    good: bool     # answered 2xx


class Receiver:
    """Two listeners: `port` is always there, `away_port` comes and goes. State is written by its own thread only."""

    def __init__(self, random_source):
        self.random = random_source
        self.calm = False            # from now on everything succeeds
        self.arrivals = []
        self.delivered = set()       # (path, event id) that was answered 2xx
        self.problems = defaultdict(list)
        self.loop = asyncio.new_event_loop()
        self.port = self.away_port = None
        self.away_server = None
        started = threading.Event()
        threading.Thread(target=self._run, args=(started,), daemon=True).start()
        started.wait()

    def _run(self, started):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self._listen())
        started.set()
        self.loop.create_task(self._come_and_go())
        self.loop.run_forever()

    async def _listen(self):
        self.port, self.away_port = free_port(), free_port()
        await self.loop.create_server(lambda: Connection(self), "127.0.0.1", self.port, backlog=512)
        await self._come()

    async def _come(self):
        self.away_connections = set()
        self.away_server = await self.loop.create_server(
            lambda: Connection(self, self.away_connections), "127.0.0.1", self.away_port, backlog=512)

    async def _come_and_go(self):
        while not self.calm:
            await asyncio.sleep(self.random.uniform(1, 3))
            if self.calm:
                return
            self.away_server.close()
            for connection in list(self.away_connections):
                connection.transport.abort()
            await asyncio.sleep(self.random.uniform(0.3, 2))
            await self._come()

    def take(self, path, headers, body):
        """Remembers a request. @return the bytes to answer, or 'reset' or 'hang'"""
        answer = self._choose(path)
        event_id = headers.get("x-outpost-event-id", "")
        good = answer[:12] == b"HTTP/1.1 200" if isinstance(answer, bytes) else False
        self.arrivals.append(Arrival(time.monotonic(), event_id, path, hashlib.sha256(body).digest(), good))
        if good:
            self.delivered.add((path, event_id))
        expected = "v0=" + hmac.new(secret_of(path).encode(), body, "sha256").hexdigest()
        if headers.get("x-outpost-signature") != expected:
            self.problems["signature"].append(f"{path} {event_id}: {headers.get('x-outpost-signature')}")
        return answer

    def _choose(self, path):
        if not self.calm:
            chance = self.random.random()
            if "/flaky" in path:
                if chance < FLAKY_HANG:
                    return "hang"
                if chance < FLAKY_HANG + FLAKY_RESET:
                    return "reset"
                if chance < FLAKY_HANG + FLAKY_RESET + FLAKY_500:
                    return b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
            elif "/doomed" in path and chance < DOOMED_500:
                return b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Connection(asyncio.Protocol):
    def __init__(self, receiver, group=None):
        self.receiver, self.group, self.buffer = receiver, group, b""

    def connection_made(self, transport):
        self.transport = transport
        if self.group is not None:
            self.group.add(self)

    def connection_lost(self, _):
        if self.group is not None:
            self.group.discard(self)

    def data_received(self, part):
        self.buffer += part
        while True:
            head_end = self.buffer.find(b"\r\n\r\n")
            if head_end < 0:
                return
            first, *lines = self.buffer[:head_end].decode("latin-1").split("\r\n")
            headers = {}
            for line in lines:
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            end = head_end + 4 + int(headers.get("content-length", 0))
            if len(self.buffer) < end:
                return
            body, self.buffer = self.buffer[head_end + 4:end], self.buffer[end:]
            answer = self.receiver.take(first.split(" ")[1], headers, body)
            if answer == "reset":
                self.transport.abort()
                return
            if answer != "hang":
                self.transport.write(answer)
