"""`tunewatch ack`: say that you have an incident."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.words import news
from monitor.cli.commands.options import DURATION, config_option
from monitor.cli.commands.people import act_on, by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell


@click.command("ack")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--for", "span", type=DURATION, default="24h", show_default=True, metavar="SPAN", help="For how long.")
@note_option
@by_option
def command(*, file: Path | None, incident_id: str, span: timedelta, note: str, by: str | None) -> int:
    """Say that you have an incident: nobody is reminded of it, and it goes to nobody else, for that time.

    What is new is told all the same. If it still fires when the time is over, that is told, and it is nobody's again.
    """
    step = act_on(file, incident_id, new_act(ActKind.ACKNOWLEDGE, by, note, span))
    tell(f"{step.incident.id}: {news(step)}")
    return Exit.FINE
