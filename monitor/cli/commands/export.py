"""`tunewatch export`: folders to act on: a brief for the prompt, training data, labels to check."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.actions.brief import BriefSpec, make_brief
from monitor.actions.finetune import FORMATS, FinetuneSpec, make_finetune
from monitor.actions.finetune.dataset import Limits
from monitor.actions.folder import FolderError, check_free
from monitor.actions.label_audit import AuditSpec, make_audit
from monitor.actions.material import NothingToExportError
from monitor.bootstrap.configuration import load
from monitor.bootstrap.monitors import open_history
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import TIME, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.personal import ScrubberMissingError
from monitor.common.terminal import note
from monitor.history import History
from monitor.log import PredictionLog, open_log

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


@click.group("export")
def command() -> None:
    """Write what an incident needs next: a brief for the prompt, training data, labels to check.

    Each writes a folder, whole or not at all, that only you can read: it holds messages of users. Personal data that
    can be told by its form (addresses, cards, accounts, long numbers) is taken out of them; names are not.
    """


@command.command("brief")
@config_option
@click.argument("wanted", metavar="INCIDENT")
@out_option
@as_of_option
@scrub_option
def brief(*, file: Path | None, wanted: str, out: Path | None, as_of: datetime | None, no_scrub: bool) -> int:
    """Write what whoever edits the prompt needs: confusions, failing messages, a proposal, tests for promptfoo.

    INCIDENT is an id, or its beginning, as `tunewatch history` lists it.
    """
    settings = load(file)
    with _history(settings) as history:
        incident = find_one(history.queries, wanted, "INCIDENT")
        folder = _free(out or Path(f"brief-{incident.id}"))
        watched = _monitor(settings, incident.monitor)
        spec = BriefSpec(incident, as_of or utc_now(), history.holdout(incident.monitor), not no_scrub)
        with _explained(incident.monitor), _log(watched, incident.monitor) as log:
            made = make_brief(log, watched, spec, folder)
    _warn(scrubbed=not no_scrub)
    note(f"{folder} has {len(made.shown)} confusions and {len(made.tests.cases)} tests; begin with brief.md")
    return Exit.FINE


@command.command("label-audit")
@config_option
@click.argument("wanted", metavar="INCIDENT")
@click.option(
    "--budget", type=click.IntRange(min=1), default=100, show_default=True, metavar="N", help="How many labels."
)
@out_option
@as_of_option
@scrub_option
def label_audit(
    *, file: Path | None, wanted: str, budget: int, out: Path | None, as_of: datetime | None, no_scrub: bool
) -> int:
    """Write the labels most worth checking, for Label Studio and as a table.

    INCIDENT is an id, or its beginning, as `tunewatch history` lists it; labels of its time come first.
    """
    settings = load(file)
    with _history(settings) as history:
        incident = find_one(history.queries, wanted, "INCIDENT")
        folder = _free(out or Path(f"label-audit-{incident.id}"))
        watched = _monitor(settings, incident.monitor)
        kept = history.holdout(incident.monitor)
        spec = AuditSpec(incident, as_of or utc_now(), kept, budget, not no_scrub)
        with _explained(incident.monitor), _log(watched, incident.monitor) as log:
            made = make_audit(log, watched, spec, folder)
    _warn(scrubbed=not no_scrub)
    note(f"{folder} has {len(made.doubts):,} of {made.found:,} labels in doubt, out of {made.read:,}")
    return Exit.FINE


@command.command("finetune")
@config_option
@click.argument("monitor")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), required=True, help="For whom the files are.")
@out_option
@as_of_option
@click.option(
    "--seed", type=int, default=0, show_default=True, help="What the order and the validation data are drawn from."
)
@click.option("--min-per-class", type=click.IntRange(min=1), metavar="N", help="Else advice.min_labels_per_class.")
@click.option(
    "--max-ratio",
    type=click.FloatRange(min=1),
    default=10,
    show_default=True,
    help="Cap of a class, in times the smallest.",
)
@click.option("--holdout-from", type=TIME, metavar="TIME", help="Test with messages first seen from then on; not kept.")
@click.option(
    "--new-holdout", is_flag=True, help="Choose the newest 20% anew; results on the old test no longer compare."
)
@scrub_option
def finetune(
    *,
    file: Path | None,
    monitor: str,
    form: str,
    out: Path | None,
    as_of: datetime | None,
    seed: int,
    min_per_class: int | None,
    max_ratio: float,
    holdout_from: datetime | None,
    new_holdout: bool,
    no_scrub: bool,
) -> int:
    """Write training, validation and test data of MONITOR, with a manifest that proves that they share nothing.

    What is held out for testing is the newest fifth at the first export, and stays so: the history remembers it.
    """
    if holdout_from and new_holdout:
        raise click.UsageError("--holdout-from and --new-holdout exclude each other")
    settings = load(file)
    folder = _free(out or Path(f"finetune-{monitor}-{form}"))
    watched = _monitor(settings, monitor)
    with _history(settings) as history:
        kept = None if new_holdout else history.holdout(monitor)
        spec = FinetuneSpec(
            monitor=monitor,
            form=FORMATS[form],
            as_of=as_of or utc_now(),
            limits=Limits(min_per_class or watched.advice.min_labels_per_class, max_ratio, seed),
            holdout=holdout_from or kept,
            scrub=not no_scrub,
        )
        with _explained(monitor), _log(watched, monitor) as log:
            made = make_finetune(log, watched, spec, folder)
        if made.dataset.holdout.is_new:
            history.hold_out(monitor, made.dataset.holdout.since)
    _warn(scrubbed=not no_scrub)
    note(f"{folder} has " + ", ".join(f"{len(part):,} {split}" for split, part in made.dataset.splits.items()))
    return Exit.FINE


def _monitor(settings: Settings, name: str) -> MonitorSettings:
    if name not in settings.monitors:
        known = ", ".join(settings.monitors)
        raise click.BadParameter(f"there is no monitor {name!r}; there is {known}", param_hint="MONITOR")
    return settings.monitors[name]


def _free(out: Path) -> Path:
    try:
        check_free(out)
    except FolderError as error:
        raise click.BadParameter(str(error), param_hint="--out") from None
    return out


@contextmanager
def _explained(monitor: str) -> Iterator[None]:
    """Turn what an export cannot do into a usage error."""
    try:
        yield
    except NothingToExportError as error:
        raise click.UsageError(f"{monitor}: {error}") from None
    except (FolderError, ScrubberMissingError) as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def _history(settings: Settings) -> Iterator[History]:
    history = open_history(settings)
    try:
        yield history
    finally:
        history.close()


@contextmanager
def _log(settings: MonitorSettings, name: str) -> Iterator[PredictionLog]:
    log = open_log(settings.source, bucket=settings.bucket, segments=(), key=f"monitors.{name}.source")
    try:
        yield log
    finally:
        log.close()


def _warn(*, scrubbed: bool) -> None:
    if not scrubbed:
        note("personal data was left in the messages, as asked: take care where the folder goes")
