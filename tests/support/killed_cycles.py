"""A process that is killed in the middle of cycles, as often as it is told, and then runs them to their end.

    python -m tests.support.killed_cycles URL SEED KILLS

Each life is a child of its own, which kills itself with SIGKILL before one of its statements; the first one may die
while it creates the tables. Prints how many lives were cut short.
"""

import os
import signal
import sys
from itertools import count
from random import Random
from typing import Any

import alembic.command  # noqa: F401 - once, here, and not in every child that migrates
from sqlalchemy import Engine, event

from alerts.incident import Event, Reason, State
from monitor.history import CycleRecord, History
from tests.support.history import SPEC, at, estimate, marks, random_counts
from tests.support.incidents import clear, finding, opened, step

CYCLES = 3
LIFE = 100  # statements at most; one or two cycles are done within it, so most lives are cut short


def run(url: str) -> None:
    """Do the cycles that are still to be done."""
    history = History.open(url)
    steps = (
        opened(),
        step(Event.UPDATED, Reason.ALARM_JOINED, hours=1),
        step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=2, state=State.RESOLVED, findings=(clear(),)),
    )
    for number in range(CYCLES):
        now = at(48 + number)
        cursor = history.cursor("support-bot")
        if cursor is not None and cursor >= now:
            continue
        with history.transaction("support-bot") as transaction:
            hours = range(40) if number == 0 else range(30, 40 + number)
            transaction.replace(random_counts(number, hours, each=5), marks(range(40 + number), number))
            windows = transaction.windows(SPEC, now)
            transaction.incidents()
            total = sum(cell.n for cell in windows.current.outcomes)
            transaction.record(
                CycleRecord(
                    now,
                    (estimate(n=total),),
                    (finding(now=now, n=total),),
                    (steps[number],),
                    ("console", "slack"),
                    len(hours),
                )
            )
    history.close()


def die_at(statement: int) -> None:
    """Kill this process before it executes that many statements."""
    executed = count(1)

    def before(*_arguments: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if next(executed) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", before)


def live(url: str, dies_at: int | None) -> bool:
    """One life in a child; whether it was cut short. Raises RuntimeError when it failed by itself."""
    child = os.fork()
    if child == 0:
        if dies_at is not None:
            die_at(dies_at)
        run(url)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if status not in (0, signal.SIGKILL):
        raise RuntimeError(f"a cycle failed: {status}")
    return status == signal.SIGKILL


def main(url: str, seed: int, kills: int) -> None:
    """Live and die, then live."""
    random = Random(seed)
    cut_short = sum(live(url, random.randint(1, LIFE)) for _ in range(kills))
    live(url, None)
    sys.stdout.write(f"{cut_short}\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
