"""The real binary as a process that is killed and started again, and a client for it."""
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import threading
import time

API_KEY = "crash-key"
START_LIMIT_S = 30
STOP_LIMIT_S = 60
CALL_TIMEOUT_S = 20
# Sends in flight at a kill are what may be repeated; this bounds them (decision B13).
IN_FLIGHT_MAX = 64
RETRIES_MAX = 60
SEGMENT_ROWS = 1000  # a segment lasts about a second: rolls and seals happen between kills (debug builds only)
# Where a debug build kills itself when told to (src/base/test_point.hpp), and up to which call of it.
TEST_POINTS = {
    "commit.before": 300,
    "commit.after": 300,
    "roll": 2,
    "seal.indexed": 2,
    "seal.before_truncate": 2,
    "seal.before_manifest": 2,
    "projection.before_commit": 4,
    "projection.after_commit": 4,
}


# Of `db backup` and `db restore`.
BACKUP_POINTS = {
    "backup.control_copied": 1,
    "backup.segment_copied": 2,
    "backup.before_manifest": 1,
    "backup.before_rename": 1,
    "backup.after_rename": 1,
}
RESTORE_POINT = "restore.before_rename"
TOOL_LIMIT_S = 120


def free_port():
    """Below the range of outgoing connections, so that it is free again at each restart."""
    while True:
        port = random.randrange(10_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


class Unanswered(Exception):
    """The server was not there, or died before it answered: nobody knows whether it did what was asked."""


class Client:
    """One connection that is opened again when it breaks. One thread."""

    def __init__(self, port):
        self.port, self.connection = port, None

    def call(self, method, path, body=None):
        """@return (status, parsed body). @raise Unanswered"""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_TIMEOUT_S)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request(method, path, body, {"Authorization": f"Bearer {API_KEY}"})
            response = self.connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text else None
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unanswered(str(error)) from error

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


class StartFailed(Exception):
    pass


def sanitizer_options():
    return {name: os.environ[name] for name in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS") if name in os.environ}


class Tool:
    """`outpost db …`, that runs beside everything else. Its output is kept in a file."""

    def __init__(self, binary, directory, words, data="data", test_point=None):
        environment = {"PATH": os.environ["PATH"], "DATA_DIR": os.path.join(directory, data), **sanitizer_options()}
        if test_point:
            environment["OUTPOST_TEST_POINT"] = test_point
        self.words, self.log_path = words, os.path.join(directory, "tools.log")
        with open(self.log_path, "ab") as log:
            self.begins = log.tell()
            self.process = subprocess.Popen([binary, "db", *words], cwd=directory, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def end(self):
        """@return the exit status; negative: the signal that killed it"""
        try:
            return self.process.wait(TOOL_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"none within {TOOL_LIMIT_S} s"

    def describe(self, status):
        with open(self.log_path, "rb") as log:
            log.seek(self.begins)
            return f"db {' '.join(self.words)}: exit status {status}: {log.read()[-2000:].decode(errors='replace')}"


class Server:
    """One data directory, `name` in `directory`. `ready` is set while the process serves."""

    def __init__(self, binary, directory, name="data", settings=None):
        self.binary, self.directory, self.port = binary, directory, free_port()
        self.name, self.settings = name, settings or {}
        self.log_path = os.path.join(directory, "server.log" if name == "data" else f"{name}.log")
        self.ready = threading.Event()
        self.process = None
        self.start_seconds_max = 0.0

    def spawn(self, test_point=None):
        """@param test_point  "name:count": it kills itself there"""
        environment = {
            "OUTPOST_TEST_SEGMENT_ROWS": str(SEGMENT_ROWS),
            "PATH": os.environ["PATH"],
            "DATA_DIR": os.path.join(self.directory, self.name),
            "API_HOST": "127.0.0.1",
            "API_PORT": str(self.port),
            "API_KEY": API_KEY,
            "LOG_LEVEL": "warn",
            "RETRY_SCHEDULE": ",".join(["1"] * RETRIES_MAX),
            "RETRY_JITTER": "false",
            "DELIVERY_TIMEOUT_SECONDS": "5",
            "DELIVERY_MAX_CONCURRENCY": str(IN_FLIGHT_MAX),
        }
        if test_point:
            environment["OUTPOST_TEST_POINT"] = test_point
        environment.update(sanitizer_options())
        environment.update(self.settings)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([self.binary, "serve"], cwd=self.directory, env=environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_until_ready(self):
        """@raise StartFailed"""
        begin = time.monotonic()
        client = Client(self.port)
        while True:
            try:
                status, _ = client.call("GET", "/readyz")
                if status == 200:
                    break
            except Unanswered:
                pass
            if self.process.poll() is not None:
                raise StartFailed(f"it ended with {self.process.returncode}")
            if time.monotonic() - begin > START_LIMIT_S:
                raise StartFailed(f"it is not ready after {START_LIMIT_S} s")
            time.sleep(0.005)
        client.close()
        self.start_seconds_max = max(self.start_seconds_max, time.monotonic() - begin)
        self.ready.set()

    def killed_itself(self, within_s=0):
        """@return whether it reached its test point"""
        try:
            return self.process.wait(within_s) == -signal.SIGKILL
        except subprocess.TimeoutExpired:
            return False

    def kill(self):
        """kill -9. @return when, on the monotonic clock: nothing that happened after it was done by that process"""
        self.ready.clear()
        self.process.kill()
        self.process.wait()
        return time.monotonic()

    def stop(self):
        """Ctrl-C. @return the exit status"""
        self.ready.clear()
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return f"none within {STOP_LIMIT_S} s"

    def log_tail(self):
        with open(self.log_path, "rb") as log:
            return log.read()[-4000:].decode(errors="replace")
