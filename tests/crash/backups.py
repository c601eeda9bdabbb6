"""Backups made under load, with kill -9 of the server or of the backup meanwhile; then restored and compared."""
import os
import shutil
import signal
import time
from collections import Counter

from load import KINDS
from server import BACKUP_POINTS, Client, RESTORE_POINT, Server, StartFailed, Tool

SAMPLE, NEWEST = 150, 150  # events looked at in a restored directory: any, and those accepted last before the backup
DELIVERED_LIMIT_S = 60
# A restored server must not send what the first one has sent: that would look like a repetition of its own.
SENDS_NOTHING = {"DESTINATIONS_EGRESS_DENY": "127.0.0.0/8"}
OPEN_OR_DELIVERED = ("delivered", "retrying")


class Backups:
    """What was acknowledged before a backup began is in it; a backup that was killed leaves nothing that looks like one."""

    def __init__(self, server, book, random_source, problems):
        self.server, self.book, self.random, self.problems = server, book, random_source, problems
        self.count, self.killed, self.restored = 0, 0, 0
        self.reached, self.next_points = Counter(), []
        self.last = None  # (name of a restored directory, what it promises)

    def path(self, name):
        return os.path.join(self.server.directory, name)

    def make(self, kill_server):
        """Two backups, the first of which is killed. @param kill_server  called during the second one, or not at all
        @return (name, what had been promised when it began), or None when it failed"""
        self.count += 1
        self.be_killed()
        with self.book.lock:
            promised = dict(self.book.accepted)
        name = f"backup-{self.count}"
        tool = Tool(self.server.binary, self.server.directory, ["backup", name])
        if kill_server and self.random.random() < 0.7:
            time.sleep(self.random.uniform(0, 0.1))
            kill_server()
        status = tool.end()
        if status != 0:
            self.problems["backup"].append(tool.describe(status))
            return None
        return name, promised

    def be_killed(self):
        """A backup that dies, at a test point or (a build without any, or a point not reached) at any moment."""
        if not self.next_points:
            self.next_points = self.random.sample(sorted(BACKUP_POINTS), len(BACKUP_POINTS))
        point = self.next_points.pop()
        name = f"killed-{self.count}"
        tool = Tool(self.server.binary, self.server.directory, ["backup", name],
                    test_point=f"{point}:{self.random.randint(1, BACKUP_POINTS[point])}")
        status = tool.end()
        if status == -signal.SIGKILL:
            self.killed += 1
            self.reached[point] += 1
        elif status == 0:  # it has lived: the same once more, without a test point
            shutil.rmtree(self.path(name))
            tool = Tool(self.server.binary, self.server.directory, ["backup", name])
            time.sleep(self.random.uniform(0, 0.05))
            tool.process.kill()
            if tool.end() == -signal.SIGKILL:
                self.killed += 1
        else:
            return self.problems["backup"].append(tool.describe(status))
        if point == "backup.after_rename" or tool.process.returncode == 0:
            shutil.rmtree(self.path(name), ignore_errors=True)  # whole: as good as any other
        elif os.path.exists(self.path(name)):
            self.problems["a killed backup looks like one"].append(f"{name} at {point}")
        self.expect_refused(name + ".partial")

    def expect_refused(self, partial):
        """What a killed backup left must not be restored, unless it had all its files: then it is one."""
        if not os.path.exists(self.path(partial)):
            return
        complete = os.path.exists(os.path.join(self.path(partial), "backup.json"))
        target = f"from-{partial}"
        tool = Tool(self.server.binary, self.server.directory, ["restore", partial, target])
        status = tool.end()
        if not complete and (status == 0 or os.path.exists(self.path(target))):
            self.problems["half a backup was restored"].append(tool.describe(status))
        shutil.rmtree(self.path(partial))
        shutil.rmtree(self.path(target), ignore_errors=True)

    def restore(self, backup, promised):
        """The first try is killed; then check, start and compare."""
        name = f"restored-{self.count}"
        tool = Tool(self.server.binary, self.server.directory, ["restore", backup, name], test_point=f"{RESTORE_POINT}:1")
        status = tool.end()
        if status == -signal.SIGKILL:
            self.reached[RESTORE_POINT] += 1
            if os.path.exists(self.path(name)):
                self.problems["a killed restore looks like one"].append(name)
            shutil.rmtree(self.path(name + ".partial"))
            tool = Tool(self.server.binary, self.server.directory, ["restore", backup, name])
            status = tool.end()
        if status != 0:
            return self.problems["restore"].append(tool.describe(status))
        tool = Tool(self.server.binary, self.server.directory, ["check"], data=name)
        status = tool.end()
        if status != 0:
            return self.problems["check of a restored directory"].append(tool.describe(status))
        server = Server(self.server.binary, self.server.directory, name, SENDS_NOTHING)
        try:
            server.spawn()
            server.wait_until_ready()
            self.compare(server, promised)
        except StartFailed as error:
            self.problems["a restored directory does not start"].append(f"{name}: {error}; {server.log_tail()}")
        finally:
            server.kill()
        self.restored += 1
        shutil.rmtree(self.path(backup))
        if self.last:
            shutil.rmtree(self.path(self.last[0]))
        self.last = (name, promised)

    def chosen(self, promised):
        ids = list(promised)
        return set(self.random.sample(ids, min(SAMPLE, len(ids)))) | set(ids[-NEWEST:])

    def compare(self, server, promised):
        client = Client(server.port)
        for event_id in self.chosen(promised):
            status, event = client.call("GET", f"/api/v1/events/{event_id}?include=outcome")
            if status != 200 or event["data"]["nonce"] != promised[event_id].nonce:
                self.problems["LOST: acknowledged before the backup, not in it"].append(f"{event_id}: {status} {event}")
                continue
            states = {outcome["destination_id"]: outcome["state"] for outcome in event["outcomes"]}
            wrong = {kind: states.get(kind) for kind in KINDS if states.get(kind) not in OPEN_OR_DELIVERED}
            if wrong:
                self.problems["LOST: in the backup, neither open nor delivered"].append(f"{event_id}: {wrong}")
        client.close()

    def deliver_the_rest(self):
        """In the end, when nobody counts any more: what was open in the last backup is delivered."""
        if not self.last:
            return
        name, promised = self.last
        server = Server(self.server.binary, self.server.directory, name)
        server.spawn()
        server.wait_until_ready()
        client = Client(server.port)
        left, end = self.chosen(promised), time.monotonic() + DELIVERED_LIMIT_S
        while left and time.monotonic() < end:
            for event_id in list(left):
                _, event = client.call("GET", f"/api/v1/events/{event_id}?include=outcome")
                states = {outcome["destination_id"]: outcome["state"] for outcome in event["outcomes"]}
                if all(states.get(kind) == "delivered" for kind in KINDS):
                    left.remove(event_id)
            time.sleep(0.1 if left else 0)
        client.close()
        server.kill()
        if left:
            self.problems["LOST: open in a backup, never delivered"] = sorted(left)
