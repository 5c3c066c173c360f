"""`tunewatch silence`: tell nothing of some incidents for a time."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click

from alerts.acts import ActKind
from alerts.messages.acts import silence_in_words
from alerts.routing.matching import Facts, Matcher, fits_one
from alerts.routing.silence import Silence
from config.routes import OF_OURSELVES
from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import open_history
from monitor.cli.commands.options import DURATION, config_option
from monitor.cli.commands.people import by_option, new_act
from monitor.common.exit_codes import Exit
from monitor.common.terminal import tell
from monitor.history.queries.queries import Queries


@click.command("silence")
@config_option
@click.option("--monitor", multiple=True, metavar="NAME", help="Incidents of this monitor.")
@click.option(
    "--family", multiple=True, type=click.Choice(("quality", "latency", "data", "watch")), help="Of this family."
)
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
    _check(settings, monitor, check)
    act = new_act(ActKind.SILENCE, by, reason, span, "--reason")
    history = open_history(settings)
    try:
        silence = Silence(history.silence(matcher, act), matcher, act.at, act.until or act.at, act.by, act.note)
        covered = _covered(history.queries, silence)
    finally:
        history.close()
    tell(silence_in_words(silence))
    tell(f"it covers {', '.join(covered)}" if covered else "it covers no incident that is open now")
    return Exit.FINE


def _covered(queries: Queries, silence: Silence) -> Sequence[str]:
    """The open incidents that are quiet by it: a class with a slip of the pen would have none."""
    return [each.id for each in queries.unresolved() if silence.covers(Facts.of(each))]


def _check(settings: Settings, monitor: Sequence[str], check: Sequence[str]) -> None:
    """Refuse names that fit nothing: the silence would be none."""
    some = next(iter(settings.monitors.values()))
    checks = (*type(some.checks).model_fields, *OF_OURSELVES)
    for hint, patterns, known in (("--monitor", monitor, tuple(settings.monitors)), ("--check", check, checks)):
        for pattern in patterns:
            if not any(fits_one((pattern,), name) for name in known):
                raise click.BadParameter(f"{pattern!r} fits none of {', '.join(known)}", param_hint=hint)
