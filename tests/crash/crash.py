#!/usr/bin/env python3
"""Kills the real binary under load, again and again, and checks that it keeps its promises (hard-cases T-01, T-05).

usage: crash.py BINARY [--seconds 40 | --rounds 1000] [--seed N] [--publishers 3] [--rate 300] [--keep]

Publishers, manual retries and deletions run against it while it is killed (-9, mostly under load, sometimes during its
start), kills itself at test points (in commit, roll, seal, projection; debug builds only), or is asked to stop, and
started on the same directory. Then it is left alone until it is quiet, and then:
  - each event answered 202 was received by each of its destinations, with the bytes that were published, signed;
  - each manual retry answered 202 was made;
  - what was delivered is sent again only across a kill, and no more of it than can have been in flight;
  - nothing is sent to a destination after its deletion was answered;
  - the API shows each event, and its attempts numbered without gap or repetition;
  - what was acknowledged before a backup began is in it: some rounds run `db backup` under load, kill it or the server
    meanwhile, restore what it made, check it, start it and look.
Exits 1 with the ids when one of these is not so, and keeps the directory. Python's standard library only.
"""
import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections import Counter

from backups import Backups
from load import Book, Owner, Person, Publisher, set_up
from receiver import Receiver
from server import Server, StartFailed, TEST_POINTS
from verdict import judge, Outage, undelivered, unmade_retries

KILL_DURING_START, ASK_TO_STOP = 0.15, 0.12
AT_TEST_POINT, TEST_POINT_WITHIN_S = 0.5, 4
TRIES_WITHOUT_HIT_MAX = 4  # of a test point, while others are reached
BACKUP_FIRST_ROUND, BACKUP_EVERY = 6, 20  # rounds
QUIET_LIMIT_S = 12  # without any progress
SHOWN_MAX = 50


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--seconds", type=float, default=40, help="of rounds; settling comes on top")
    parser.add_argument("--rounds", type=int, help="so many, however long they take")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--publishers", type=int, default=3)
    parser.add_argument("--rate", type=float, default=300, help="events per second, about")
    parser.add_argument("--keep", action="store_true", help="keep the data directory")
    return parser.parse_args()


class Rounds:
    """Kill, start, kill, …; remembers the outages that kills made."""

    def __init__(self, server, book, random_source):
        self.server, self.random, self.problems = server, random_source, book.problems
        self.backups = Backups(server, book, random.Random(random_source.randrange(1 << 32)), book.problems)
        self.outages, self.stops, self.kills_during_start, self.count = [], 0, 0, 0
        self.next_points = []
        self.test_point = None  # of the process that runs
        self.tried, self.reached = Counter(), Counter()

    def one(self):
        self.count += 1
        if self.count % BACKUP_EVERY == BACKUP_FIRST_ROUND:
            return self.back_up()
        kills = []
        if self.test_point:
            self.tried[self.test_point] += 1
            if self.server.killed_itself(TEST_POINT_WITHIN_S):
                self.reached[self.test_point] += 1
            kills.append(self.server.kill())
        else:
            time.sleep(self.random.uniform(0.1, 2))
            if self.random.random() < ASK_TO_STOP:
                self.stops += 1
                status = self.server.stop()
                if status != 0:
                    self.problems["exit status after Ctrl-C"].append(str(status))
            else:
                kills.append(self.server.kill())
        self.start(kills)
        if kills:
            self.outages.append(Outage(kills[0], time.monotonic(), len(kills)))

    def back_up(self):
        """The server may die in the middle of it, at its own test point, too; then it is started again."""
        kills = []
        made = self.backups.make(lambda: kills.append(self.server.kill()))
        if self.server.killed_itself():
            if not kills:
                self.reached[self.test_point] += 1
                kills.append(self.server.kill())
            self.start(kills)
            self.outages.append(Outage(kills[0], time.monotonic(), len(kills)))
        if made:
            self.backups.restore(*made)

    def start(self, kills):
        self.spawn()
        while self.random.random() < KILL_DURING_START:
            time.sleep(self.random.uniform(0, 0.15))
            kills.append(self.server.kill())
            self.kills_during_start += 1
            self.spawn()
        try:
            self.server.wait_until_ready()
        except StartFailed:
            if not self.test_point or not self.server.killed_itself():
                raise
            self.tried[self.test_point] += 1
            self.reached[self.test_point] += 1
            kills.append(self.server.kill())
            self.test_point = None
            self.server.spawn()
            self.server.wait_until_ready()

    def spawn(self):
        if self.random.random() >= AT_TEST_POINT:
            self.test_point = None
            return self.server.spawn()
        if not self.next_points:
            self.next_points = self.random.sample(sorted(TEST_POINTS), len(TEST_POINTS))
        self.test_point = self.next_points.pop()
        self.server.spawn(f"{self.test_point}:{self.random.randint(1, TEST_POINTS[self.test_point])}")

    def end(self):
        """The rest is for a process that lives. Its kill is an outage like any: what was in flight comes again."""
        if not self.test_point:
            return
        killed = self.server.kill()
        self.server.spawn()
        self.server.wait_until_ready()
        self.outages.append(Outage(killed, time.monotonic(), 1))

    def never_reached(self):
        """Test points that say nothing; none in a build without any."""
        if not self.reached:
            return []
        return [point for point, tries in self.tried.items()
                if tries >= TRIES_WITHOUT_HIT_MAX and not self.reached[point]]

    def kills(self):
        return sum(outage.kills for outage in self.outages)


def wait_until_quiet(book, receiver):
    """Until everything promised has arrived, or nothing has for a while."""
    best, progressed = None, time.monotonic()
    while time.monotonic() - progressed < QUIET_LIMIT_S:
        left = len(undelivered(book, receiver)) + len(unmade_retries(book, receiver))
        if left == 0:
            time.sleep(1.5)  # one more retry interval: does something come that should not?
            return
        if best is None or left < best:
            best, progressed = left, time.monotonic()
        time.sleep(0.2)


def run(options, directory):
    """@return problems, figures"""
    seeds = random.Random(options.seed)

    def source():
        return random.Random(seeds.randrange(1 << 32))

    server, receiver = Server(options.binary, directory), Receiver(source())
    server.spawn()
    server.wait_until_ready()
    set_up(server, receiver)
    book = Book()
    pause = options.publishers / options.rate
    workers = [Publisher(f"p{number}", server, book, source(), pause) for number in range(options.publishers)]
    workers += [Person(server, book, source(), 0.03), Owner(receiver.port, server, book, source(), 0.1)]
    rounds = Rounds(server, book, source())
    end = time.monotonic() + options.seconds
    try:
        while rounds.count < options.rounds if options.rounds else time.monotonic() < end:
            rounds.one()
        rounds.end()
        for worker in workers:
            worker.end()
        receiver.calm = True
        settling = time.monotonic()
        wait_until_quiet(book, receiver)
        problems, figures = judge(book, receiver, server, rounds.outages, source())
        rounds.backups.deliver_the_rest()
        problems = {what: where for what, where in {**problems, **book.problems}.items() if where}
        if rounds.never_reached():
            problems["test points never reached"] = rounds.never_reached()
        figures.update({"rounds": rounds.count, "kills": rounds.kills(), "at test points": dict(rounds.reached + rounds.backups.reached),
                        "backups restored": rounds.backups.restored, "backups killed": rounds.backups.killed,
                        "of them during a start": rounds.kills_during_start,
                        "stops": rounds.stops, "settled after, s": round(time.monotonic() - settling, 1)})
        status = server.stop()
        if status != 0:
            problems["exit status at the end"] = [str(status)]
        return problems, figures
    except StartFailed as error:
        return {"it did not start again": [f"{error}; its log ends:\n{server.log_tail()}"]}, {"kills": rounds.kills()}
    finally:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()


def main():
    options = arguments()
    length = f"{options.rounds} rounds" if options.rounds else f"{options.seconds:g} s of rounds"
    print(f"crash: seed {options.seed}, {length}", flush=True)
    directory = tempfile.mkdtemp(prefix="outpost-crash-")
    problems, figures = run(options, directory)
    for name, value in figures.items():
        print(f"  {name}: {value}")
    for what, where in problems.items():
        print(f"crash: {what}: {len(where)}")
        for line in where[:SHOWN_MAX]:
            print(f"    {line}")
    if problems or options.keep:
        print(f"crash: data and server.log are kept in {directory}")
    else:
        shutil.rmtree(directory, ignore_errors=True)
    print("crash: " + ("FAILED, repeat with --seed %d" % options.seed if problems else "nothing is lost"))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
