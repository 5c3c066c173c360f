"""`tunewatch false-alarm`: say that an incident was none."""

from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.words import news
from monitor.cli.commands.options import config_option
from monitor.cli.commands.people import act_on, by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell


@click.command("false-alarm")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@note_option
@by_option
def command(*, file: Path | None, incident_id: str, note: str, by: str | None) -> int:
    """Say that nothing was wrong with the bot, also of an incident that is over.

    It is remembered, and `tunewatch incidents` counts it against what `false_alarms` allows. It changes nothing by
    itself: no limit moves, and the incident stays as it is.
    """
    step = act_on(file, incident_id, new_act(ActKind.FALSE_ALARM, by, note, None))
    tell(f"{step.incident.id}: {news(step)}")
    return Exit.FINE
