"""What commands share by which people act on incidents."""

import getpass
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.incident import Transition
from config.settings import Settings
from monitor.bootstrap.channels import channels_of_steps
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import open_history
from monitor.cli.commands.one_incident import find_one
from monitor.common.clock import utc_now
from monitor.history import History

MOST_WORDS: Final = 500
"""Characters of a note or a name: they go into a Slack thread."""

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


def act_on(file: Path | None, incident_id: str, act: Act) -> Transition:
    """Keep an act on an incident, and what is to be told of it."""
    settings = load(file)
    history = open_history(settings)
    try:
        return _act(settings, history, incident_id, act)
    except ActRefusedError as refused:
        raise click.ClickException(str(refused)) from None
    finally:
        history.close()


def _act(settings: Settings, history: History, incident_id: str, act: Act) -> Transition:
    incident = find_one(history.queries, incident_id, "INCIDENT")
    with history.transaction(incident.monitor) as transaction:
        step = transaction.act(incident.id, act, channels_of_steps(settings))
    if step is None:
        raise click.ClickException(f"the act {act.key} is kept already")
    return step
