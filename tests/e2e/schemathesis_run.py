#!/usr/bin/env python3
"""Generated requests against the real binary, judged by its own OpenAPI document (decision A13).

usage: tests/e2e/schemathesis_run.py BINARY [--seed N] [--seconds N]

Finds answers of 5xx, statuses, types and bodies that the document does not name. Two runs with a fixed seed: over
things that exist, then over the whole document with ids of any kind. Installs schemathesis once, into build/schemathesis;
exits 77, saying why, when it can't.
"""
import argparse
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from python_packages import Unavailable, programs_of

HERE = Path(__file__).resolve().parent
SKIPPED = 77
KEY = "schemathesis-key"
START_SECONDS = 30
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance"


def skip(reason):
    print(f"schemathesis: skipped: {reason}")
    sys.exit(SKIPPED)


class Server:
    """The binary over a fresh directory. It sends nothing to anywhere: generated destinations name hosts of others."""

    def __init__(self, binary, directory):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = open(Path(directory) / "log", "w+", encoding="utf-8")
        environment = {
            "PATH": os.environ["PATH"], "DATA_DIR": str(Path(directory) / "data"), "API_HOST": "127.0.0.1",
            "API_PORT": str(self.port), "API_KEY": KEY, "DESTINATIONS_EGRESS_DENY": "0.0.0.0/0,::/0",
            "MAX_DESTINATIONS_PER_TENANT": "65536", "RETRY_SCHEDULE": "3600",
        }
        self.process = subprocess.Popen([binary, "serve"], cwd=directory, env=environment, stdout=self.log, stderr=self.log)

    def call(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"Authorization": f"Bearer {KEY}"})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def fill(self):
        """One of each thing, under the ids of the document's examples. Waits for the first attempt, which fails."""
        self.until("it is ready", lambda: self.call("GET", "/readyz")[0] == 200)
        self.expect("PUT", "/api/v1/tenants/acme", {"metadata": {"plan": "pro"}})
        self.expect("POST", "/api/v1/tenants/acme/destinations",
                    {"id": "des_1", "type": "webhook", "topics": "*", "config": {"url": "http://receiver.invalid/hook"}})
        self.expect("POST", "/api/v1/publish", {"id": "evt_1", "tenant_id": "acme", "topic": "user.created", "data": {"a": 1}})
        self.until("there is an attempt", lambda: json.loads(self.call("GET", "/api/v1/attempts")[1])["models"])

    def expect(self, method, path, body):
        status, content = self.call(method, path, body)
        if status not in (200, 201, 202):
            sys.exit(f"schemathesis: {method} {path}: {status} {content!r}")

    def until(self, what, look):
        end = time.monotonic() + START_SECONDS
        while True:
            if self.process.poll() is not None:
                sys.exit(f"schemathesis: the server ended with {self.process.returncode}:\n{self.tail()}")
            try:
                if look():
                    return
            except OSError:
                pass  # it does not listen yet
            if time.monotonic() > end:
                sys.exit(f"schemathesis: waited {START_SECONDS} s until {what}:\n{self.tail()}")
            time.sleep(0.02)

    def tail(self):
        self.log.seek(0)
        return self.log.read()[-4000:]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "not ended after 60 s"


def run(program, server, directory, arguments, global_arguments=()):
    """One run of schemathesis. @return whether it found nothing"""
    origin = f"http://127.0.0.1:{server.port}"
    command = [program, *global_arguments, "--no-color", "run", f"{origin}/api/v1/openapi.json", "--url", origin,
               "--header", f"Authorization:Bearer {KEY}", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
               "--generation-database", "none", "--suppress-health-check", "all", "--warnings", "off",
               "--request-timeout", "20", "--no-shrink", *arguments]
    return subprocess.run(command, cwd=directory, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=lambda path: str(Path(path).resolve()))
    parser.add_argument("--seed", default="1")
    parser.add_argument("--seconds", type=int, default=50, help="for both runs together")
    options = parser.parse_args()
    try:
        program = programs_of("schemathesis") / "st"
    except Unavailable as problem:
        skip(problem)
    each = ["--seed", options.seed, "--max-time", str(max(1, options.seconds // 2))]
    with tempfile.TemporaryDirectory(prefix="outpost-schemathesis-") as directory:
        server = Server(options.binary, directory)
        try:
            server.fill()
            ids = run(program, server, directory, [*each, "--exclude-method", "DELETE"],
                      ["--config-file", HERE / "schemathesis_ids.toml"])
            anything = run(program, server, directory, each)
            alive = server.process.poll() is None
        finally:
            ended = server.stop()
        if not alive or ended != 0:
            print(f"schemathesis: the server ended with {ended}:\n{server.tail()}")
        return 0 if ids and anything and alive and ended == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
