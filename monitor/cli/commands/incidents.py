"""`tunewatch incidents`: what is open, who has it, and where it was told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from alerts.incident import Incident
from alerts.messages.acts import standing_in_words
from alerts.messages.numbers import when
from alerts.messages.words import WORDS, short_problem
from alerts.routing.matching import Facts
from alerts.routing.silence import Silence
from alerts.standing import Standing
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import chosen, config_option, json_option, monitor_option
from monitor.cli.output.false_alarms import false_alarms_in_words, false_alarms_line
from monitor.cli.output.records import incident_record
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import printable, show
from monitor.history.queries.queries import ChannelView, Queries


@click.command("incidents")
@config_option
@monitor_option
@click.option("--all", "everything", is_flag=True, help="Also those that are over.")
@json_option
def command(*, file: Path | None, names: tuple[str, ...], everything: bool, as_json: bool) -> int:
    """List what is open: who has it and until when, what silences it, and which channel shows it as it stands.

    Below it, how many incidents were called false alarms, against how many `false_alarms` allows.
    """
    settings, now = load(file), utc_now()
    monitors = chosen(settings, names)
    history = open_history(settings)
    try:
        queries = history.queries
        incidents = _incidents(queries, names, everything=everything)
        found = [_Open.of(each, queries, now, is_watched=each.monitor in settings.monitors) for each in incidents]
        counts = [false_alarms_line(settings, queries, name, now) for name in monitors]
    finally:
        history.close()
    if as_json:
        for line in (*(each.line() for each in found), *counts):
            print_line(line)
        return Exit.FINE
    show(*(printable(text) for each in found for text in each.texts()))
    if not found:
        show("no incident is open")
    show(*(printable(f"{line['monitor']}: {false_alarms_in_words(line)}") for line in counts if line["n"]))
    return Exit.FINE


@dataclass(frozen=True, slots=True)
class _Open:
    incident: Incident
    silences: tuple[Silence, ...]
    shown: tuple[ChannelView, ...]
    is_watched: bool

    @classmethod
    def of(cls, incident: Incident, queries: Queries, now: datetime, *, is_watched: bool) -> "_Open":
        facts = Facts.of(incident)
        silences = tuple(each for each in queries.silences(now) if each.is_on(now) and each.covers(facts))
        return cls(incident, silences, queries.standings(incident.id), is_watched)

    def line(self) -> dict[str, Any]:
        it, stands = self.incident, Standing.of(self.incident)
        return {
            "type": "incident",
            **incident_record(it),
            "is_watched": self.is_watched,
            "acknowledged_until": it.acknowledged_until,
            "snoozed_until": it.snoozed_until,
            "false_alarm_by": it.false_alarm_by,
            "silences": [each.id for each in self.silences],
            "shown": [
                {"channel": each.channel, "shown_at": each.shown_at, "current": each.standing.is_like(stands)}
                for each in self.shown
            ],
        }

    def texts(self) -> Iterator[str]:
        it, stands = self.incident, Standing.of(self.incident)
        what = short_problem(it.findings[0]) if it.findings else it.family.value
        over = f" {when(it.resolved_at)}," if it.resolved_at is not None else ""
        yield f"{it.id}  {WORDS[it.severity]} {it.state.value}{over} since {when(it.since)}  {it.monitor}: {what}"
        nobody = "nobody has acknowledged it" if it.resolved_at is None else "nobody acknowledged it"
        yield f"    {standing_in_words(it) or nobody}"
        if not self.is_watched and it.resolved_at is None:
            yield f"    no look ends it, as no monitor {it.monitor} is configured: tunewatch resolve {it.id}"
        for silence in self.silences:
            yield f"    silenced until {when(silence.ends_at)} by {silence.by}: {silence.reason} (silence {silence.id})"
        shown = [
            f"{each.channel}{'' if each.standing.is_like(stands) else ' (not as it stands)'}" for each in self.shown
        ]
        yield f"    shown in {', '.join(shown)}" if shown else "    not told anywhere yet"


def _incidents(queries: Queries, monitors: Sequence[str], *, everything: bool) -> Iterator[Incident]:
    found = queries.incidents() if everything else queries.unresolved()
    yield from (incident for incident in found if not monitors or incident.monitor in monitors)
