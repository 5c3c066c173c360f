"""Kills whole daemons: `tunewatch run` as a process, from its start through look and delivery to idleness."""

import json
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tests.support.chat_log import BREAK, END, write_log
from tests.support.fake_slack import TOKEN, FakeSlack, Trouble
from tests.support.program import run_here, start
from tests.support.slack_workspace import Message

BOTS: Final = ("support-bot", "sales-bot")
CONFIG: Final = """\
history: {{url: "sqlite:///history.db"}}
web: {{port: 0}}
logging: {{format: json}}
slack: {{channel: C0ONCALL1, base_url: "{slack}"}}
monitors:
{monitors}"""
MONITOR: Final = """\
  {name}:
    every: 5s
    source:
      predictions:
        files: "{name}/predictions.parquet"
        columns: {{id: id, at: at, predicted: predicted, latency_ms: ms, prompt_version: prompt}}
      labels: {{files: "{name}/labels.parquet", columns: {{id: id, label: label, at: at}}}}
    classes: {{urgent: {{min_recall: 0.80}}}}
    study: {{enabled: false}}
    incidents: {{hold: 0s, recover: 1s, reopen_within: 0s}}
"""
SLOW: Final = 0.3  # seconds at most that Slack takes to answer, having taken the message: as the real one
CHANGES: Final = 0.8  # share of the logs that break or are mended before a life, of those whose state is noticed
TAKEN: Final = 0.5  # share of the other open incidents that somebody acknowledges
LAST_LIFE: Final = 120.0  # seconds at most that the one has that lives


class Stage(StrEnum):
    """What a daemon was at when it was killed."""

    START = "start"  # it had not said that it started
    LOOK = "look"  # a monitor had not been looked at, and nothing was waiting
    DELIVERY = "delivery"  # something was waiting for Slack
    IDLE = "idle"


SPREAD: Final = {Stage.START: 3.0, Stage.LOOK: 1.5, Stage.DELIVERY: 1.0, Stage.IDLE: 4.0}
"""Seconds after the begin of a stage within which a daemon is killed; longer than most are."""


@dataclass(frozen=True, slots=True)
class DaemonTally:
    """What came of it: how many were killed at what, and what was told."""

    killed: Counter[Stage]
    incidents: int
    lost: int
    doubled: int
    disordered: int
    wrong: int

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.doubled or self.disordered or self.wrong)


def play_daemons(home: Path, kills: int, seed: int = 7) -> DaemonTally:
    """Kill so many daemons in an empty folder, while their logs break and are mended; then let one live.

    Raises:
        RuntimeError: if a daemon ends by itself, or the last one does not come to an end.
    """
    random, killed = Random(seed), Counter[Stage]()  # noqa: S311 - seeded
    with FakeSlack() as slack:
        monitors = "".join(MONITOR.format(name=name) for name in BOTS)
        (home / "tunewatch.yaml").write_text(CONFIG.format(slack=slack.url, monitors=monitors), encoding="utf-8")
        world = _World(home, random)
        for stage in islice(cycle(Stage), kills):
            slack.trouble.extend(Trouble(seconds=random.uniform(0, SLOW), obeyed=True) for _ in range(100))
            world.go_on()
            with _daemon(home) as daemon:
                killed[daemon.die(stage, random.uniform(0, SPREAD[stage]), slack)] += 1
        with _daemon(home) as daemon:
            daemon.wait_for(lambda: daemon.is_idle() and world.is_known(), LAST_LIFE)
            daemon.end()
        return _tally(world, slack, killed)


class _World:
    """The logs of the bots, each well or broken, and people who acknowledge."""

    def __init__(self, home: Path, random: Random) -> None:
        self._home = home
        self._random = random
        shift = datetime.now(UTC) - END
        for name, breaks_at in (("well", END), ("broken", BREAK)):
            write_log(home / name, breaks_at=breaks_at)
            for file in (home / name).iterdir():
                _move(file, pa.scalar(shift, pa.duration("us")))
        self.broken = dict.fromkeys(BOTS, False)
        for name in BOTS:
            self._put(name)

    def _put(self, name: str) -> None:
        link = self._home / f"{name}.new"
        link.symlink_to("broken" if self.broken[name] else "well")
        link.replace(self._home / name)

    def go_on(self) -> None:
        """Break or mend what the daemons have noticed as it is; acknowledge some of what is open."""
        opened = self.open()
        for name in BOTS:
            if self.broken[name] == (name in opened) and self._random.random() < CHANGES:
                self.broken[name] = not self.broken[name]
                self._put(name)
            elif name in opened and self._random.random() < TAKEN:
                ended = run_here("ack", opened[name], "--by", "ada", cwd=self._home, TUNEWATCH_SLACK__TOKEN=TOKEN)
                if ended.returncode:
                    raise RuntimeError(ended.stderr)

    def is_known(self) -> bool:
        """Whether each bot that is broken has an open incident, and no other."""
        return set(self.open()) == {name for name in BOTS if self.broken[name]}

    def open(self) -> dict[str, str]:
        """The open incident of each monitor's quality."""
        said = "SELECT monitor, id FROM incidents WHERE family = 'quality' AND opened_at > '' AND state != 'resolved'"
        return dict(rows(self._home, said))

    def told(self) -> dict[str, bool]:
        """The incidents that people are to hear of, and whether each is over."""
        return dict(rows(self._home, "SELECT id, state = 'resolved' FROM incidents WHERE opened_at IS NOT NULL"))


def rows(home: Path, statement: str) -> list[tuple[Any, ...]]:
    """Ask the history; none where it has no tables yet."""
    with closing(sqlite3.connect(home / "history.db", timeout=30)) as connection:
        there = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'notifications'").fetchone()
        return connection.execute(statement).fetchall() if there else []


class _Daemon:
    """A running daemon."""

    def __init__(self, home: Path, process: "subprocess.Popen[str]") -> None:
        self._home = home
        self._process = process

    def said(self, event: str) -> int:
        """How often it has logged that so far."""
        lines = (self._home / "daemon.log").read_text("utf-8").splitlines(keepends=True)
        return sum(json.loads(line)["event"] == event for line in lines if line.endswith("\n"))

    def waiting(self) -> bool:
        """Whether something waits for Slack."""
        statement = "SELECT 1 FROM notifications WHERE channel = 'slack' AND state IN ('waiting', 'sending') LIMIT 1"
        return bool(rows(self._home, statement))

    def die(self, stage: Stage, delay: float, slack: FakeSlack) -> Stage:
        """SIGKILL so many seconds after that stage began; what it was at."""
        told = len(slack.calls)
        begins: dict[Stage, Callable[[], bool]] = {
            Stage.START: lambda: True,
            Stage.LOOK: lambda: self.said("started") > 0,
            Stage.DELIVERY: lambda: self.is_idle() or any(call.method[:5] == "chat." for call in slack.calls[told:]),
            Stage.IDLE: self.is_idle,
        }
        self.wait_for(begins[stage])
        time.sleep(delay)
        self._process.kill()
        if self._process.wait() != -signal.SIGKILL:
            raise RuntimeError(f"a daemon ended by itself: {(self._home / 'daemon.log').read_text('utf-8')}")
        if not self.said("started"):
            return Stage.START
        if self.waiting():
            return Stage.DELIVERY
        return Stage.IDLE if self.is_idle() else Stage.LOOK

    def is_idle(self) -> bool:
        """Whether every monitor was looked at, and nothing waits for Slack."""
        return self.said("looked") >= len(BOTS) and not self.waiting()

    def wait_for(self, condition: Callable[[], bool], seconds: float = 60) -> None:
        """Return once it holds. Raises RuntimeError where the daemon ends first, or it takes longer."""
        until = time.monotonic() + seconds
        while not condition():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"waited in vain: {(self._home / 'daemon.log').read_text('utf-8')}")
            time.sleep(0.01)

    def end(self) -> None:
        """SIGTERM, and its end."""
        self._process.terminate()
        if self._process.wait(30):
            raise RuntimeError(f"a daemon failed: {(self._home / 'daemon.log').read_text('utf-8')}")


@contextmanager
def _daemon(home: Path) -> Iterator[_Daemon]:
    with (home / "daemon.log").open("w", encoding="utf-8") as log:
        process = start(["-m", "monitor.cli", "run"], cwd=home, stderr=log, TUNEWATCH_SLACK__TOKEN=TOKEN)
        try:
            yield _Daemon(home, process)
        finally:
            process.kill()
            process.communicate()


def _move(file: Path, shift: pa.Scalar) -> None:
    table = pq.read_table(file)
    place = table.column_names.index("at")
    moved = pc.add(table.column("at"), shift)
    pq.write_table(table.set_column(place, "at", moved), file)


def _tally(world: _World, slack: FakeSlack, killed: Counter[Stage]) -> DaemonTally:
    told, room = world.told(), slack.workspace.oncall
    roots = {_said(each)["incident"]: each for each in room.roots}
    replies = [[each for each in room.replies(root.ts) if "metadata" in each.body] for root in roots.values()]
    charts = [sum(bool(each.files) for each in room.replies(root.ts)) for root in roots.values()]
    numbers = [[int(_said(each)["notification"]) for each in thread] for thread in replies]
    return DaemonTally(
        killed,
        len(told),
        lost=len(told.keys() - roots.keys()),
        doubled=len(room.roots)
        - len(roots)
        + sum(len(each) - len(set(each)) for each in numbers)
        + sum(max(each - 1, 0) for each in charts),
        disordered=sum(each != sorted(each) for each in numbers),
        wrong=len(roots.keys() - told.keys())
        + sum(root.text.startswith("🟢 RESOLVED") != bool(told.get(id)) for id, root in roots.items()),
    )


def _said(message: Message) -> dict[str, str]:
    return dict(message.body["metadata"]["event_payload"])
