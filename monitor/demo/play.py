"""Plays the demo: 42 made-up days of two chatbots, seen by the cycle that the daemon runs."""

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from alerts.channels.console.channel import ConsoleChannel
from alerts.incident import Transition
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle import backtest
from monitor.cycle.cycle import CycleReport
from monitor.delivery.delivery import Deliverer
from monitor.demo import story, timeline
from monitor.demo.bots import BOTS, END, START
from monitor.demo.files import write_log
from monitor.demo.folder import DemoFolder
from monitor.demo.questions import answered, at_worst
from monitor.demo.simulate import simulate
from monitor.history import History

FIRST_LOOK: Final = START + timedelta(days=14)  # two weeks to compare with
EVERY: Final = timedelta(hours=12)

Emit = Callable[[RenderableType], None]
"""Shows one part to the person who watches."""

Track = Callable[[Iterator[CycleReport], int], Iterator[CycleReport]]
"""Passes reports on and shows how many of how many have passed."""


def play(
    path: Path,
    emit: Emit,
    *,
    every: timedelta = EVERY,
    track: Track = lambda reports, _: reports,
    program: str = "tunewatch",
) -> None:
    """Make the logs, look at them as time goes by, and show it all.

    `every` is the time between two looks, which divides a day; `program` is how the command is spelled in what is
    suggested next. Leaves logs/, tunewatch.yaml and history.db in the folder `path`. Raises ConfigError where it
    cannot be used.
    """
    folder = DemoFolder(path)
    folder.prepare()
    for bot in BOTS:
        write_log(simulate(bot), folder.logs / bot.name)
    emit(story.opening(every))
    emit(Text(timeline.HEADING, "dim"))
    steps = tuple(_watch(folder, backtest.SimulatedTimes(FIRST_LOOK, END, every), emit, track))
    emit(Text())
    for part in story.outcome(steps, at_worst(folder.history)):
        emit(part)
    emit(Text(f"What {folder.history} says\n", "bold"))
    for part in answered(folder.history):
        emit(part)
    emit(Text("What you can do next\n", "bold"))
    emit(story.next_steps(path, program))


def _watch(folder: DemoFolder, span: backtest.SimulatedTimes, emit: Emit, track: Track) -> Iterator[Transition]:
    """Run every cycle, and show the days and the alerts in the order of time."""
    settings = load(folder.config, environ={}, secrets_dir=folder.logs)  # the demo is the same wherever it runs
    history = open_history(settings)
    history.remember()
    try:
        monitors = [build_monitor(settings, name, history, replay=True) for name in settings.monitors]
        reports = track(backtest.play(monitors, span), len(span) * len(monitors))
        for at, together in groupby(reports, key=attrgetter("as_of")):
            yield from _show_time(at, list(together), span.every, emit)
            _show_alerts(at, history, emit)
        for monitor in monitors:
            monitor.log.close()
    finally:
        history.close()


def _show_time(at: datetime, reports: Sequence[CycleReport], every: timedelta, emit: Emit) -> Iterator[Transition]:
    """Show what the team did and, at midnight, the figures; yield what people are to be told."""
    for bot, prompt in timeline.changes(at - every, at, BOTS):
        emit(timeline.change(bot, prompt))
    if at.hour == 0:
        emit(timeline.row(at, {report.monitor: report for report in reports}))
    for report in reports:
        yield from backtest.told(report)


def _show_alerts(at: datetime, history: History, emit: Emit) -> None:
    """Deliver what waits in the outbox, as the daemon would, to a console that is shown here."""
    written = io.StringIO()
    channels = {"console": ConsoleChannel(written)}
    deliverer = Deliverer(history.outbox(), channels, lambda: at)
    while deliverer.deliver_one():
        pass
    if written.getvalue():
        emit(Group(Text(), *(_wrapped(line) for line in written.getvalue().splitlines())))


def _wrapped(line: str) -> Padding:
    """A long line goes on below its own beginning, not below the margin."""
    text = line.lstrip()
    return Padding(Text(text), (0, 0, 0, len(line) - len(text)))
