"""`tunewatch validate`: does the configuration fit the log, and what can each check do with it?"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from config.settings import Settings
from monitor.bootstrap.channels import build_channels, channel_names
from monitor.bootstrap.configuration import load
from monitor.cli.commands.options import chosen, config_option, json_option, monitor_option
from monitor.cli.guard import describe
from monitor.common.clock import utc_now
from monitor.common.errors import MappingError, UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, printable, show
from monitor.delivery.probing import probe
from monitor.onboarding.validate import validate, validation_parts
from monitor.onboarding.validate.route_classes import unfit_classes


@click.command("validate")
@config_option
@monitor_option
@json_option
def command(*, file: Path | None, names: tuple[str, ...], as_json: bool) -> int:
    """Read the configuration, connect to each log, and show what is in it and what each check can do with it.

    Nothing is written, not even the history. The exit status is that of the worst monitor: 2 where columns do not fit
    their log, or cannot mean what they are mapped to (one class in all predictions, ids that join nothing, seconds for
    milliseconds), or a route names a class with a slip of the pen, 3 where it could not be reached, or nothing in it
    could be read, or a channel would take no alerts.
    """
    settings = load(file)
    for problem in settings.missing_secrets():
        note(f"the daemon will not start: {problem}")
    seen: dict[str, tuple[str, ...]] = {}
    status = max(_validate(settings, name, seen, as_json=as_json) for name in chosen(settings, names))
    if seen.keys() == settings.monitors.keys():
        status = max(status, _check_routes(settings, [name for found in seen.values() for name in found]))
    return max(status, _try_channels(settings, as_json=as_json))


def _check_routes(settings: Settings, classes: Sequence[str]) -> Exit:
    """Say which routes name a class that no log has; one that is nearly a name that is there is an error."""
    named = (name for monitor in settings.monitors.values() for name in monitor.classes)
    known = tuple(dict.fromkeys((*classes, *named, *channel_names(settings))))  # alerts of delivery are by channel
    unfit = tuple(unfit_classes(settings.routes, known))
    for each in unfit:
        note(each.said)
    return Exit.USAGE if any(each.near for each in unfit) else Exit.FINE


def _try_channels(settings: Settings, *, as_json: bool) -> Exit:
    """Ask each channel that can be asked whether it would take alerts."""
    status = Exit.FINE
    for name, channel in build_channels(settings).items():
        probed = probe(channel, utc_now())
        if probed is None:
            continue
        error = None if probed.failing is None else probed.failing.error
        if as_json:
            print_line({"type": "channel", "channel": name, "answer": probed.said or None, "error": error})
        else:
            show(printable(f"{name}: {probed.said}" if error is None else f"{name} would take no alert: {error}"))
        status = max(status, Exit.FINE if error is None else Exit.UNREACHABLE)
    return status


def _validate(settings: Settings, name: str, seen: dict[str, tuple[str, ...]], *, as_json: bool) -> Exit:
    """Show one monitor, and put the classes of its log into `seen`."""
    try:
        validation = validate(name, settings.monitors[name], utc_now())
    except (MappingError, UnreachableError) as error:
        note(describe(error) if isinstance(error, MappingError) else f"{name}: {describe(error)}")
        return Exit.USAGE if isinstance(error, MappingError) else Exit.UNREACHABLE
    seen[name] = tuple(each.name for each in validation.survey.classes)
    if as_json:
        print_line({"type": "validation", **asdict(validation)})
    else:
        show(*validation_parts(validation))
    if validation.read_nothing:
        return Exit.UNREACHABLE
    return Exit.USAGE if validation.failures else Exit.FINE
