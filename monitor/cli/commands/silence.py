"""`tunewatch silence`: tell nothing of some incidents for a time."""

from datetime import timedelta
from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.acts import covered_in_words, silence_in_words
from alerts.routing.matching import Matcher
from checks.rules.family import Family
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.people import build_acts, known_names
from monitor.cli.commands.options import DURATION, config_option
from monitor.cli.commands.people import by_option, new_act
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell
from monitor.people.acts import unfit


@click.command("silence")
@config_option
@click.option("--monitor", multiple=True, metavar="NAME", help="Incidents of this monitor.")
@click.option("--family", multiple=True, type=click.Choice([each.value for each in Family]), help="Of this family.")
@click.option("--severity", multiple=True, type=click.Choice(("warning", "critical")), help="That are so severe.")
@click.option("--check", multiple=True, metavar="NAME", help="That alarm by this check alone.")
@click.option("--class", "class_name", multiple=True, metavar="NAME", help="That alarm of this class alone.")
@click.option("--for", "span", type=DURATION, required=True, metavar="SPAN", help="For how long, such as 2h.")
@click.option("--reason", required=True, metavar="TEXT", help="Why, in a sentence.")
@by_option
def command(
    *,
    file: Path | None,
    monitor: tuple[str, ...],
    family: tuple[str, ...],
    severity: tuple[str, ...],
    check: tuple[str, ...],
    class_name: tuple[str, ...],
    span: timedelta,
    reason: str,
    by: str | None,
) -> int:
    """Tell nothing of incidents that fit, for a time; they are opened and counted as always.

    Each option may be repeated, and `*` stands for any text. An incident is silenced if everything that alarms in it
    fits. What still fires when the time is over is told then.
    """
    matcher = Matcher(monitor, family, severity, check, class_name)
    if matcher.is_for_all:
        raise click.UsageError("say what to silence: --monitor, --family, --severity, --check or --class")
    if not reason.strip():
        raise click.BadParameter("is empty; say why, for those who wonder", param_hint="--reason")
    settings = load(file)
    for field, said in unfit(matcher, known_names(settings)).items():
        raise click.BadParameter(said, param_hint=f"--{field}")
    act = new_act(ActKind.SILENCE, by, reason, span, "--reason")
    history = open_history(settings)
    try:
        silenced = build_acts(settings, history).silence(matcher, act)
    finally:
        history.close()
    tell(silence_in_words(silenced.silence))
    tell(covered_in_words(silenced.covered))
    return Exit.FINE
