"""`tunewatch decide`: say that an advice is taken, or is not."""

from dataclasses import replace
from pathlib import Path

import click

from alerts.incident import Event, Incident, Reason, State, Transition
from checks.outcome.trial import Decision
from monitor.bootstrap.channels import channels_of_steps
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import open_history
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import config_option
from monitor.cli.commands.people import check_lengths, user
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell
from monitor.history import History


@click.command("decide")
@config_option
@click.argument("incident_id", metavar="INCIDENT")
@click.option("--accept/--reject", "accepted", default=None, help="Whether you do what is advised.")
@click.option("--note", default="", metavar="TEXT", help="Why, in a sentence; it is shown in the incident's thread.")
@click.option("--by", default=None, metavar="NAME", help="Who decides; the user of this machine unless given.")
def command(*, file: Path | None, incident_id: str, accepted: bool | None, note: str, by: str | None) -> int:
    """Take on an incident, and say whether you do what is advised.

    It is told in the incident's thread. tunewatch compares before and after in any case, as soon as other versions
    answer; an action that shows in no version counts as done from now on when it is accepted.
    """
    if accepted is None:
        raise click.UsageError("say --accept or --reject")
    check_lengths({"--note": note, "--by": by or ""})
    settings = load(file)
    history = open_history(settings)
    try:
        incident = find_one(history.queries, incident_id, "INCIDENT")
        decision = Decision(accepted, utc_now(), by or user(), note.strip())
        _decide(history, incident, decision, channels_of_steps(settings))
    finally:
        history.close()
    tell(f"{incident.id}: {incident.advice.action.value} {'accepted' if accepted else 'rejected'} by {decision.by}")
    return Exit.FINE


def _decide(history: History, incident: Incident, decision: Decision, channels: tuple[str, ...]) -> None:
    """Keep it, as the incident stands when nobody else writes to it."""
    with history.transaction(incident.monitor) as transaction:
        now = next((each for each in transaction.incidents() if each.id == incident.id), None)
        if now is None or now.state is State.RESOLVED:
            raise click.ClickException(f"{incident.id} is over; there is nothing to decide any more")
        taken = replace(now, acknowledged_by=decision.by, acknowledged_until=None)
        step = Transition(taken, Event.ACKNOWLEDGED, decision.at, Reason.SOMEBODY_ACKNOWLEDGED, decision=decision)
        transaction.decide(step, channels)
