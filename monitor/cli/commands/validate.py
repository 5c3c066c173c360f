"""`tunewatch validate`: does the configuration fit the log, and what can each check do with it?"""

from dataclasses import asdict
from pathlib import Path

import click

from config.settings import Settings
from monitor.bootstrap.configuration import load
from monitor.cli.commands.options import chosen, config_option, json_option, monitor_option
from monitor.cli.guard import describe
from monitor.common.clock import utc_now
from monitor.common.errors import MappingError, UnreachableError
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.terminal import note, show
from monitor.onboarding.validate import validate, validation_parts


@click.command("validate")
@config_option
@monitor_option
@json_option
def command(*, file: Path | None, names: tuple[str, ...], as_json: bool) -> int:
    """Read the configuration, connect to each log, and show what is in it and what each check can do with it.

    Nothing is written, not even the history. The exit status is that of the worst monitor: 2 where columns do not fit
    their log, or cannot mean what they are mapped to (one class in all predictions, ids that join nothing, seconds for
    milliseconds), 3 where it could not be reached, or nothing in it could be read.
    """
    settings = load(file)
    for problem in settings.missing_secrets():
        note(f"the daemon will not start: {problem}")
    return max(_validate(settings, name, as_json=as_json) for name in chosen(settings, names))


def _validate(settings: Settings, name: str, *, as_json: bool) -> Exit:
    try:
        validation = validate(name, settings.monitors[name], utc_now())
    except (MappingError, UnreachableError) as error:
        note(describe(error) if isinstance(error, MappingError) else f"{name}: {describe(error)}")
        return Exit.USAGE if isinstance(error, MappingError) else Exit.UNREACHABLE
    if as_json:
        print_line({"type": "validation", **asdict(validation)})
    else:
        show(*validation_parts(validation))
    if validation.read_nothing:
        return Exit.UNREACHABLE
    return Exit.USAGE if validation.failures else Exit.FINE
