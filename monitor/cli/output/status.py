"""How everything stands, for a person and for a program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from alerts.incident import Incident, State
from alerts.messages.acts import standing_in_words
from alerts.messages.lines import figure
from alerts.messages.numbers import when
from alerts.messages.words import WORDS, short_problem
from checks.metrics.line import MetricLine
from checks.rules.finding import Verdict
from config.settings import Settings
from monitor.cli.output.false_alarms import false_alarms_in_words, false_alarms_line
from monitor.cli.output.styles import STYLES
from monitor.common.exit_codes import Exit
from monitor.common.terminal import printable
from monitor.daemon.vitals import patience
from monitor.history.history import History
from monitor.history.notifications import Undelivered
from monitor.log.mapping.spelling import class_name

LEAST = 2
"""Classes of lowest recall that are shown of a monitor whose configuration names no floor."""


@dataclass(frozen=True, slots=True)
class MonitorStatus:
    """One monitor: told incidents that are open, others that are not sure yet, and its newest figures.

    `age` is of the last look in seconds, None before the first; `is_late` where it is too old to be relied on.
    """

    name: str
    incidents: tuple[Incident, ...]
    pending: int
    as_of: datetime | None
    age: float | None
    is_late: bool
    figures: tuple[MetricLine, ...]
    false_alarms: Mapping[str, Any]

    @property
    def level(self) -> str:
        """`critical`, `warning`, `recovering`, `late` or `ok`."""
        firing = {each.severity for each in self.incidents if each.state is State.FIRING}
        for verdict in (Verdict.CRITICAL, Verdict.WARNING):
            if verdict in firing:
                return verdict.value
        if self.incidents:
            return "recovering"
        return "late" if self.is_late else "ok"

    def line(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "type": "status",
            "monitor": self.name,
            "level": self.level,
            "as_of": self.as_of,
            "age_seconds": self.age,
            "late": self.is_late,
            "incidents": [each.id for each in self.incidents],
            "pending": self.pending,
            "figures": [
                {"metric": each.metric, "class": each.class_name, "value": each.value}
                | {"low": each.low, "high": each.high, "n_labelled": each.n_labelled}
                for each in self.figures
            ],
            "false_alarms": {name: self.false_alarms[name] for name in ("n", "allowed", "per_days", "since")},
        }

    def texts(self) -> Iterator[RenderableType]:
        """As a person reads it: the state, its incidents, its figures."""
        name = Text(printable(self.name), "bold")
        look = "no look has ended yet" if self.age is None else f"looked {_span(self.age)} ago"
        yield Text.assemble(name, "  ", (_WORDS[self.level], _STYLES[self.level]), f"  {look}{self._late()}")
        for each in self.incidents:
            what = short_problem(each.findings[0]) if each.findings else each.family.value
            style = STYLES[each.severity]
            yield Text.assemble("  ", (WORDS[each.severity], style), f" {printable(what)}, since {when(each.since)}")
            yield Text(f"    {each.id}: {standing_in_words(each) or 'nobody has acknowledged it'}")
        if self.pending:
            yield Text(f"  {_count(self.pending, 'alarm')} not certain yet")
        told = [f"{_name(each)} {figure(each)}" for each in self.figures if each.value is not None]
        if told:
            yield Text(printable("  " + " · ".join(told)))
        if self.false_alarms["n"]:
            yield Text(printable(f"  {false_alarms_in_words(self.false_alarms)}"))

    def _late(self) -> str:
        return ", too long ago: is the daemon running?" if self.is_late and self.age is not None else ""


@dataclass(frozen=True, slots=True)
class Status:
    """All monitors that were asked for, and what could not be delivered."""

    now: datetime
    monitors: tuple[MonitorStatus, ...]
    undelivered: tuple[Undelivered, ...]

    @property
    def exit(self) -> Exit:
        """What the command ends with."""
        if any(each.incidents for each in self.monitors):
            return Exit.INCIDENT_OPEN
        return Exit.UNREACHABLE if any(each.is_late for each in self.monitors) else Exit.FINE

    def lines(self) -> Iterator[dict[str, Any]]:
        """As JSON: a line for each monitor, and one for each channel that something waits for."""
        yield from (each.line() for each in self.monitors)
        for each in self.undelivered:
            yield {
                "type": "undelivered",
                "channel": each.channel,
                "notifications": each.notifications,
                "oldest": each.oldest,
                "error": each.error,
            }

    def texts(self) -> Iterator[RenderableType]:
        """As a person reads it: in a word, then each monitor, the worst first."""
        open_, late = (
            sum(bool(each.incidents) for each in self.monitors),
            sum(each.is_late for each in self.monitors),
        )
        parts = [f"{open_} of {_count(len(self.monitors), 'monitor')} with an open incident"] if open_ else []
        parts += [f"{late} without a recent look"] if late else []
        yield Text("; ".join(parts) or f"all well: {_count(len(self.monitors), 'monitor')}, no open incident", "bold")
        for each in sorted(self.monitors, key=lambda each: tuple(_WORDS).index(each.level)):
            yield from each.texts()
        for waiting in self.undelivered:
            why = f": {printable(waiting.error)}" if waiting.error else ""
            n = _count(waiting.notifications, "notification")
            yield Text(f"{waiting.channel}: {n} not delivered since {when(waiting.oldest)}{why}", "yellow")

    def gist(self) -> object:
        """What differs when there is something new to say: ages do not."""
        changing = {"age_seconds", "as_of", "false_alarms"}
        told = [{name: value for name, value in line.items() if name not in changing} for line in self.lines()]
        return told, [each.false_alarms["n"] for each in self.monitors]


_WORDS = {
    "critical": "CRITICAL",
    "warning": "WARNING",
    "recovering": "recovering",
    "late": "not looked at",
    "ok": "no open incident",
}
_STYLES = {"critical": "bold red", "warning": "yellow", "recovering": "cyan", "late": "yellow", "ok": "green"}


def status_of(settings: Settings, history: History, monitors: Sequence[str], now: datetime) -> Status:
    """Ask the history. Raises HistoryError."""
    unresolved = history.queries.unresolved()
    found = tuple(_monitor(settings, history, name, unresolved, now) for name in monitors)
    return Status(now, found, history.outbox().undelivered(settings.channels))


def _monitor(
    settings: Settings, history: History, name: str, unresolved: Sequence[Incident], now: datetime
) -> MonitorStatus:
    look = history.last_look(name)
    at = None if look is None else look.looked_at or look.as_of
    age = None if at is None else max((now - at).total_seconds(), 0.0)
    mine = [each for each in unresolved if each.monitor == name]
    told = tuple(each for each in mine if each.state is not State.PENDING)
    return MonitorStatus(
        name,
        told,
        len(mine) - len(told),
        None if look is None else look.as_of,
        age,
        age is None or age > patience(settings.monitors[name].every).total_seconds(),
        tuple(_figures(settings, history, name)),
        false_alarms_line(settings, history.queries, name, now),
    )


def _figures(settings: Settings, history: History, monitor: str) -> Iterator[MetricLine]:
    """Accuracy, and recall and precision that have a floor; where none has, the lowest recalls; coverage last."""
    newest = history.charted.newest(monitor)
    if newest is None:
        return
    floors = settings.monitors[monitor].classes
    wanted = [("accuracy", "")]
    wanted += [("recall", class_name(name)) for name, floor in floors.items() if floor.min_recall is not None]
    wanted += [("precision", class_name(name)) for name, floor in floors.items() if floor.min_precision is not None]
    if len(wanted) == 1:
        known = [line for line in newest.longest() if line.metric == "recall" and line.value is not None]
        wanted += [("recall", line.class_name) for line in sorted(known, key=lambda line: line.value or 0.0)[:LEAST]]
    yield from (line for metric, name in wanted if (line := newest.of(metric, name)) is not None)


def _name(line: MetricLine) -> str:
    return f"{line.metric} of {line.class_name}" if line.class_name else line.metric


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _span(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
