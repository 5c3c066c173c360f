"""What a daemon with many small monitors takes: processor, memory, and when it looks.

    python -m bench.speed.many --monitors 200 --every 15m --minutes 15

Every monitor reads a log of its own size, whose rows are recent; while it is measured, rows arrive. `--silent` adds a
monitor whose source takes connections and never answers. Linux alone says what a process takes.
"""

import argparse
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.tables import add_write, table

ROOT: Final = Path(__file__).resolve().parents[2]
CLASSES: Final = ("urgent", "billing", "other")
DAYS: Final = 35
TICKS: Final = os.sysconf("SC_CLK_TCK")  # of the processor, a second
SPREAD: Final = 10  # seconds within which the most looks are counted
ARRIVE_EVERY: Final = 30.0  # seconds

CONFIG: Final = """\
history: {{url: "sqlite:///history.db"}}
web: {{port: 0}}
logging: {{format: json}}
monitors:
"""
MONITOR: Final = """\
  {name}:
    every: {every}
    study: {{enabled: false}}
    source:
      predictions: {{files: "logs/predictions*.csv", columns: {{id: id, at: at, predicted: predicted}}}}
      labels: {{files: "logs/labels*.csv", columns: {{id: id, label: label, at: at}}}}
"""
SILENT: Final = """\
  silent:
    every: {every}
    source:
      url: "postgresql+psycopg://nobody@127.0.0.1:{port}/nothing"
      predictions: {{table: predictions, columns: {{id: id, at: at, predicted: predicted}}}}
"""
HEADINGS: Final = (
    "monitors",
    "every",
    "rows of each",
    "all looked first after, s",
    "looks a minute",
    "CPU s a minute",
    "CPU ms a look",
    f"most looks in {SPREAD} s",
    "longest between two looks of one",
    "idle MB",
    "peak MB",
)


@dataclass(frozen=True, slots=True)
class Case:
    """So many monitors, looked at every so often, with so many predictions each; measured for so many minutes."""

    monitors: int
    every: str
    rows: int
    minutes: float
    silent: bool


def write_rows(folder: Path, name: str, rows: int, newest: datetime, over: timedelta) -> None:
    """Predictions and labels of a span that ends at `newest`, as two files."""
    dice = random.Random(name)  # noqa: S311 - a made-up log
    predictions, labels = ["id,at,predicted"], ["id,at,label"]
    for row in range(rows):
        at, truth = newest - over * dice.random(), dice.choice(CLASSES)
        predicted = truth if dice.random() < 0.9 else dice.choice(CLASSES)  # noqa: PLR2004 - nine in ten are right
        predictions.append(f"{name}-{row},{at.isoformat()},{predicted}")
        if at + timedelta(hours=6) < newest:
            labels.append(f"{name}-{row},{(at + timedelta(hours=6)).isoformat()},{truth}")
    for kind, lines in (("predictions", predictions), ("labels", labels)):
        unfinished = folder / f"unfinished.{kind}"
        unfinished.write_text("\n".join(lines) + "\n")
        unfinished.rename(folder / f"{kind}-{name}.csv")


class Daemon:
    """`tunewatch run` in a folder, and what it logged."""

    def __init__(self, folder: Path) -> None:
        self._log = (folder / "daemon.log").open("w+")
        command = [sys.executable, "-m", "monitor.cli", "run", "-c", "tunewatch.yaml"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._process = subprocess.Popen(command, cwd=folder, stderr=self._log, env=environment)  # noqa: S603

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log lines of an event so far."""
        self._log.seek(0)
        lines = [line for line in self._log.read().splitlines(keepends=True) if line.endswith("\n")]
        return [event for event in map(json.loads, lines) if event["event"] == name]

    def cpu(self) -> float:
        """Seconds of the processor so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self, what: str) -> float:
        """Megabytes: `VmRSS` now, `VmHWM` at most."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition(f"{what}:")[2].split()[0]) / 1000

    def is_healthy(self) -> bool:
        """Whether it answers so."""
        with urllib.request.urlopen(self.events("answering")[0]["web"] + "/-/healthy", timeout=10) as answer:  # noqa: S310
            return int(answer.status) == 200  # noqa: PLR2004

    def stop(self) -> None:
        """End it."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)
        self._log.close()


@contextmanager
def running(case: Case) -> Iterator[tuple[Daemon, Path]]:
    """The daemon, and the folder of its logs."""
    with (
        tempfile.TemporaryDirectory(prefix="tunewatch-bench-") as name,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        folder = Path(name)
        (folder / "logs").mkdir()
        write_rows(folder / "logs", "first", case.rows, datetime.now(UTC), timedelta(days=DAYS))
        monitors = "".join(MONITOR.format(name=f"bot-{n}", every=case.every) for n in range(case.monitors))
        if case.silent:
            monitors = SILENT.format(every=case.every, port=silent.getsockname()[1]) + monitors
        (folder / "tunewatch.yaml").write_text(CONFIG.format() + monitors)
        daemon = Daemon(folder)
        try:
            yield daemon, folder / "logs"
        finally:
            daemon.stop()


def measured(case: Case) -> str:
    """The line of the table."""
    with running(case) as (daemon, logs):
        began = time.monotonic()
        while len({line["monitor"] for line in daemon.events("looked")}) < case.monitors:
            time.sleep(1)
        first = time.monotonic() - began
        cpu, looks, began = daemon.cpu(), len(daemon.events("looked")), time.monotonic()
        while (past := time.monotonic() - began) < case.minutes * 60:
            write_rows(logs, f"at-{past:.0f}", 20, datetime.now(UTC), timedelta(hours=12))
            time.sleep(ARRIVE_EVERY)
        used, minutes = daemon.cpu() - cpu, (time.monotonic() - began) / 60
        looked = daemon.events("looked")
        if not daemon.is_healthy():
            raise SystemExit("the daemon is not healthy")
        later = looked[looks:]
        cells = (
            f"{case.monitors:,}{' and one that never answers' if case.silent else ''}",
            case.every,
            f"{case.rows:,}",
            f"{first:.0f}",
            f"{len(later) / minutes:.1f}",
            f"{used / minutes:.1f}",
            f"{1000 * used / max(len(later), 1):.0f}",
            f"{crowd(later)}",
            longest(looked),
            f"{daemon.memory('VmRSS'):.0f}",
            f"{daemon.memory('VmHWM'):.0f}",
        )
        return f"| {' | '.join(cells)} |"


def crowd(looked: Sequence[dict[str, Any]]) -> int:
    """The most looks that ended within `SPREAD` seconds."""
    ends = sorted(_at(line) for line in looked)
    return max((sum(0 <= each - end < SPREAD for each in ends) for end in ends), default=0)


def longest(looked: Sequence[dict[str, Any]]) -> str:
    """The longest time between the ends of two looks at one monitor, in minutes."""
    ends: dict[str, list[float]] = {}
    for line in looked:
        ends.setdefault(line["monitor"], []).append(_at(line))
    gaps = [later - earlier for each in ends.values() for earlier, later in pairwise(each)]
    return f"{max(gaps) / 60:.1f} min" if gaps else "-"


def _at(line: dict[str, Any]) -> float:
    return datetime.fromisoformat(line["timestamp"]).timestamp()


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed.many", description="Measure a daemon of many monitors."
    )
    parser.add_argument("--monitors", type=int, nargs="+", default=[200])
    parser.add_argument("--every", default="15m", help="interval of each (default: 15m)")
    parser.add_argument("--rows", type=int, default=1000, help="predictions of each (default: 1000)")
    parser.add_argument("--minutes", type=float, default=15, help="measured after the first looks (default: 15)")
    parser.add_argument("--silent", action="store_true", help="once more with a source that never answers")
    add_write(parser)
    arguments = parser.parse_args()
    with table("many_monitors", write=arguments.write):
        print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
        for monitors in arguments.monitors:
            for silent in (False, True)[: 1 + arguments.silent]:
                case = Case(monitors, arguments.every, arguments.rows, arguments.minutes, silent)
                print(measured(case), flush=True)


if __name__ == "__main__":
    main()
