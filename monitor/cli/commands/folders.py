"""What commands share that write a folder: its options, where it comes from, what cannot be made."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.actions.folder import FolderError, check_free
from monitor.actions.material import NothingToExportError
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import TIME
from monitor.common.personal import ScrubberMissingError
from monitor.common.terminal import note
from monitor.history import History
from monitor.log.prediction_log import PredictionLog, open_log

out_option = click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="New or empty folder; else one is named for you.",
)
as_of_option = click.option(
    "--as-of", type=TIME, metavar="TIME", help="What was known at this time (UTC); now unless given."
)
scrub_option = click.option("--no-scrub", is_flag=True, help="Leave personal data in the messages.")


def the_monitor(settings: Settings, name: str) -> MonitorSettings:
    """The settings of a monitor; a usage error names those that there are."""
    if name not in settings.monitors:
        known = ", ".join(settings.monitors)
        raise click.BadParameter(f"there is no monitor {name!r}; there is {known}", param_hint="MONITOR")
    return settings.monitors[name]


def free_folder(out: Path) -> Path:
    """A folder that is new or empty; else a usage error."""
    try:
        check_free(out)
    except FolderError as error:
        raise click.BadParameter(str(error), param_hint="--out") from None
    return out


@contextmanager
def explained(monitor: str) -> Iterator[None]:
    """Turn what an export cannot do into a usage error."""
    try:
        yield
    except NothingToExportError as error:
        raise click.UsageError(f"{monitor}: {error}") from None
    except (FolderError, ScrubberMissingError) as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def the_history(settings: Settings) -> Iterator[History]:
    """The history, closed at the end."""
    history = open_history(settings)
    try:
        yield history
    finally:
        history.close()


@contextmanager
def the_log(settings: MonitorSettings, name: str) -> Iterator[PredictionLog]:
    """The log of a monitor, closed at the end."""
    log = open_log(settings.source, bucket=settings.bucket, segments=(), key=f"monitors.{name}.source")
    try:
        yield log
    finally:
        log.close()


def warn_of_personal_data(*, scrubbed: bool) -> None:
    """Tell who asked for it that messages are as users wrote them."""
    if not scrubbed:
        note("personal data was left in the messages, as asked: take care where the folder goes")
