"""`tunewatch snooze`: have an incident told later."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.words import news
from monitor.cli.commands.options import DURATION, config_option
from monitor.cli.commands.people import act_on, by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell


@click.command("snooze")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--for", "span", type=DURATION, default="4h", show_default=True, metavar="SPAN", help="For how long.")
@note_option
@by_option
def command(*, file: Path | None, incident_id: str, span: timedelta, note: str, by: str | None) -> int:
    """Have nothing told of an incident for a time, unless it gets more severe.

    If it still fires then, that is told. Other incidents are told as always; see `silence`.
    """
    step = act_on(file, incident_id, new_act(ActKind.SNOOZE, by, note, span))
    tell(f"{step.incident.id}: {news(step)}")
    return Exit.FINE
