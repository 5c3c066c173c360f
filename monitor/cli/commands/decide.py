"""`tunewatch decide`: say that an advice is taken, or is not."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.acts import held_in_words
from monitor.cli.commands.options import DURATION, config_option
from monitor.cli.commands.people import act_on, by_option, new_act, note_option
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell


@click.command("decide")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--accept/--reject", "accepted", default=None, help="Whether you do what is advised.")
@click.option(
    "--for", "span", type=DURATION, default="24h", show_default=True, metavar="SPAN", help="For how long you have it."
)
@note_option
@by_option
def command(
    *, file: Path | None, incident_id: str, accepted: bool | None, span: timedelta, note: str, by: str | None
) -> int:
    """Take on an incident, and say whether you do what is advised.

    It is told in the incident's thread. tunewatch compares before and after in any case, as soon as other versions
    answer; an action that shows in no version counts as done from now on when it is accepted. As with `ack`, nobody is
    reminded of it for that time.
    """
    if accepted is None:
        raise click.UsageError("say --accept or --reject")
    act = new_act(ActKind.ACKNOWLEDGE, by, note, span)
    incident = act_on(file, incident_id, act, accepted).incident
    said = f"{'accepted' if accepted else 'rejected'} by {act.by}; {held_in_words(act)}"
    tell(f"{incident.id}: {incident.advice.action.value} {said}")
    return Exit.FINE
