"""`tunewatch export`: folders to act on: a brief for the prompt, training data, labels to check."""

from datetime import datetime
from pathlib import Path

import click

from monitor.actions.brief import BriefSpec, make_brief
from monitor.actions.finetune import FORMATS, FinetuneSpec, make_finetune
from monitor.actions.finetune.dataset import Limits
from monitor.actions.label_audit import AuditSpec, make_audit
from monitor.bootstrap.configuration import load
from monitor.cli.commands.folders import (
    as_of_option,
    explained,
    free_folder,
    out_option,
    scrub_option,
    the_history,
    the_log,
    the_monitor,
    warn_of_personal_data,
)
from monitor.cli.commands.one_incident import find_one
from monitor.cli.commands.options import TIME, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note


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
    with the_history(settings) as history:
        incident = find_one(history.queries, wanted, "INCIDENT")
        folder = free_folder(out or Path(f"brief-{incident.id}"))
        watched = the_monitor(settings, incident.monitor)
        tries = history.queries.tries(incident.monitor, incident=incident.id)
        spec = BriefSpec(incident, as_of or utc_now(), history.holdout(incident.monitor), not no_scrub, tries)
        with explained(incident.monitor), the_log(watched, incident.monitor) as log:
            made = make_brief(log, watched, spec, folder)
    warn_of_personal_data(scrubbed=not no_scrub)
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
    with the_history(settings) as history:
        incident = find_one(history.queries, wanted, "INCIDENT")
        folder = free_folder(out or Path(f"label-audit-{incident.id}"))
        watched = the_monitor(settings, incident.monitor)
        kept = history.holdout(incident.monitor)
        spec = AuditSpec(incident, as_of or utc_now(), kept, budget, not no_scrub)
        with explained(incident.monitor), the_log(watched, incident.monitor) as log:
            made = make_audit(log, watched, spec, folder)
    warn_of_personal_data(scrubbed=not no_scrub)
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
    folder = free_folder(out or Path(f"finetune-{monitor}-{form}"))
    watched = the_monitor(settings, monitor)
    with the_history(settings) as history:
        kept = None if new_holdout else history.holdout(monitor)
        spec = FinetuneSpec(
            monitor=monitor,
            form=FORMATS[form],
            as_of=as_of or utc_now(),
            limits=Limits(min_per_class or watched.advice.min_labels_per_class, max_ratio, seed),
            holdout=holdout_from or kept,
            scrub=not no_scrub,
        )
        with explained(monitor), the_log(watched, monitor) as log:
            made = make_finetune(log, watched, spec, folder)
        if made.dataset.holdout.is_new:
            history.hold_out(monitor, made.dataset.holdout.since)
    warn_of_personal_data(scrubbed=not no_scrub)
    note(f"{folder} has " + ", ".join(f"{len(part):,} {split}" for split, part in made.dataset.splits.items()))
    return Exit.FINE
