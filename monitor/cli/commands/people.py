"""What commands share by which people act on incidents."""

import getpass
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.incident import Incident, Transition
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.people import build_acts
from monitor.cli.commands.one_incident import find_one
from monitor.common.clock import utc_now
from monitor.people.acts import MOST_WORDS, Acts

Command = TypeVar("Command", bound=Callable[..., Any])


def by_option(command: Command) -> Command:
    """`--by NAME`, given to the command as `by`."""
    said = "Who does it; the user of this machine unless given."
    return click.option("--by", default=None, metavar="NAME", help=said)(command)


def note_option(command: Command) -> Command:
    """`--note TEXT`, given to the command as `note`."""
    said = "Why, in a sentence; it is shown in the incident's thread."
    return click.option("--note", default="", metavar="TEXT", help=said)(command)


def user() -> str:
    """Who runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def check_lengths(texts: Mapping[str, str]) -> None:
    """Refuse texts, by the options that they are of, that a thread cannot show."""
    for hint, text in texts.items():
        if len(text) > MOST_WORDS:
            raise click.BadParameter(f"has {len(text)} characters; {MOST_WORDS} are shown", param_hint=hint)


def new_act(kind: ActKind, by: str | None, note: str, span: timedelta | None, hint: str = "--note") -> Act:
    """An act of now, which lasts for that long."""
    check_lengths({hint: note, "--by": by or ""})
    now = utc_now().replace(microsecond=0)
    return Act(kind, by or user(), now, secrets.token_hex(8), None if span is None else now + span, note.strip())


def act_on(file: Path | None, incident_id: str, act: Act, accepted: bool | None = None) -> Transition:  # noqa: FBT001
    """Keep an act on an incident, and what is to be told of it; with `accepted` what is decided on the advice too."""
    settings = load(file)
    history = open_history(settings)
    try:
        incident = find_one(history.queries, incident_id, "INCIDENT")
        step = _act(build_acts(settings, history), incident, act, accepted)
    except ActRefusedError as refused:
        raise click.ClickException(str(refused)) from None
    finally:
        history.close()
    if step is None:
        raise click.ClickException(f"the act {act.key} is kept already")
    return step


def _act(acts: Acts, incident: Incident, act: Act, accepted: bool | None) -> Transition | None:  # noqa: FBT001
    return acts.act(incident, act) if accepted is None else acts.decide(incident, act, accepted=accepted)
