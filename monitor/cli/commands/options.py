"""Options that several commands share."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from config.duration import parse_duration
from config.errors import ConfigError
from config.loading import DEFAULT_FILE
from config.settings import Settings
from config.variables import CONFIG_VARIABLE

Command = TypeVar("Command", bound=Callable[..., Any])


class TimeType(click.ParamType[datetime]):
    """A time or a date in ISO 8601, in UTC where it names no zone."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Read it."""
        try:
            time = value if isinstance(value, datetime) else datetime.fromisoformat(value.strip())
        except ValueError:
            self.fail(
                f"{value!r} is not a time; write 2026-03-29, 2026-03-29T06:00 or 2026-03-29T06:00:00Z", param, ctx
            )
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


class DurationType(click.ParamType[timedelta]):
    """A duration above zero, such as 15m or 7d."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:  # noqa: ANN401
        """Read it."""
        try:
            duration = value if isinstance(value, timedelta) else parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if not duration:
            self.fail("must be longer than nothing", param, ctx)
        return duration


TIME = TimeType()
DURATION = DurationType()


def config_option(command: Command) -> Command:
    """`-c/--config FILE`, given to the command as `file`."""
    return click.option(
        "-c",
        "--config",
        "file",
        type=click.Path(path_type=Path),
        help=f"Configuration file; else the one that {CONFIG_VARIABLE} names, else {DEFAULT_FILE}.",
    )(command)


def json_option(command: Command) -> Command:
    """`--json`, given to the command as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="One JSON object per line on stdout.")(command)


def monitor_option(command: Command) -> Command:
    """`--monitor NAME`, as often as wanted, given to the command as `names`."""
    return click.option(
        "--monitor",
        "names",
        multiple=True,
        metavar="NAME",
        help="Only this monitor; may be repeated.",
        shell_complete=_monitors,
    )(command)


def _monitors(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names that begin so, for a shell; none where the configuration cannot be read."""
    from monitor.bootstrap.configuration import load  # noqa: PLC0415 - only a shell asks

    try:
        settings = load(context.params.get("file"))
    except (ConfigError, OSError):
        return []
    return [name for name in settings.monitors if name.startswith(incomplete)]


def chosen(settings: Settings, names: Iterable[str]) -> tuple[str, ...]:
    """The monitors asked for, all of them where none was named; a usage error names those that there are."""
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in settings.monitors:
            known = ", ".join(settings.monitors)
            raise click.BadParameter(f"there is no monitor {name!r}; there is {known}", param_hint="--monitor")
    return wanted or tuple(settings.monitors)
