"""`tunewatch resolve`: end an incident by hand."""

from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.words import news
from monitor.cli.commands.options import config_option
from monitor.cli.commands.people import act_on, by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note as remark
from monitor.common.terminal import tell


@click.command("resolve")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@note_option
@by_option
def command(*, file: Path | None, incident_id: str, note: str, by: str | None) -> int:
    """End an incident by hand, where you know better that it is over.

    If its alarms go on, the next look opens it again: `snooze` and `silence` are what keeps quiet.
    """
    step = act_on(file, incident_id, new_act(ActKind.RESOLVE, by, note, None))
    tell(f"{step.incident.id}: {news(step)}")
    if any(finding.verdict.is_alarm for finding in step.incident.findings):
        remark("its last look still alarmed; if the next one does, it opens again")
    return Exit.FINE
