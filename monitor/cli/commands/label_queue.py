"""`tunewatch label-queue`: which predictions to label next."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.actions.label_queue import Form, Queue, budget_parts, make_queue, render, scrubbed
from monitor.actions.label_queue.queue import NothingToLabelError
from monitor.bootstrap.configuration import load
from monitor.cli.commands.options import TIME, chosen, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.personal import Scrubber, ScrubberMissingError
from monitor.common.private_file import write_private
from monitor.common.spreadsheet_cells import guarded_id
from monitor.common.terminal import hand_over, note, tell

STDOUT: Final = "-"


@click.command("label-queue")
@config_option
@click.option("--monitor", "name", metavar="NAME", help="The monitor; may be left out where there is only one.")
@click.option("--budget", type=click.IntRange(min=1), required=True, metavar="N", help="How many to label.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True, metavar="FILE", help="Where to; - is stdout."
)
@click.option(
    "--format", "form", type=click.Choice([each.value for each in Form]), help="Else by the name: .csv, .jsonl, .json."
)
@click.option("--as-of", type=TIME, metavar="TIME", help="The window that ends at this time (UTC); now unless given.")
@click.option("--no-text", is_flag=True, help="Leave the messages of users out.")
@click.option("--no-scrub", is_flag=True, help="Leave personal data in the messages.")
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(
    *,
    file: Path | None,
    name: str | None,
    budget: int,
    out: Path,
    form: str | None,
    as_of: datetime | None,
    no_text: bool,
    no_scrub: bool,
    force: bool,
) -> int:
    """Choose the predictions of the current window whose labels tell most of the critical classes' recall.

    Each is written with its inclusion probability. Put that into the label log beside the label, and map the column
    as labels.columns.inclusion_probability. Without a critical class the recall of all classes counts.

    Label what is chosen, all of it; who labels should not see what was predicted. Personal data that can be told by
    its form (addresses, cards, accounts, long numbers) is taken out of the messages; names are not. Only you can read
    the file.
    """
    settings = load(file)
    written = _form_of(out) if form is None else Form(form)
    if str(out) != STDOUT and out.exists() and not force:
        raise click.BadParameter(f"{out} is there already; --force overwrites it", param_hint="--out")
    monitor = _one(settings, name)
    try:
        queue = make_queue(monitor, settings.monitors[monitor], budget, as_of or utc_now())
    except NothingToLabelError as error:
        raise click.UsageError(f"{monitor}: {error}") from None
    with_text = not no_text and settings.monitors[monitor].source.predictions.columns.text is not None
    if with_text:
        queue = _without_personal_data(queue, settings.monitors[monitor], scrub=not no_scrub)
    _write(render(queue, written, with_text=with_text), out)
    tell(*budget_parts(queue))
    _note_guarded_ids(queue, written)
    _notes(settings.monitors[monitor], len(queue.predictions), budget)
    return Exit.FINE


def _form_of(out: Path) -> Form:
    form = Form.of(out)
    if form is None:
        raise click.BadParameter(
            f"the name {out} says no format; add --format csv, jsonl or label-studio", param_hint="--out"
        )
    return form


def _one(settings: Settings, name: str | None) -> str:
    names = chosen(settings, [name] if name else [])
    if len(names) > 1:
        raise click.BadParameter(f"is needed to choose between {', '.join(names)}", param_hint="--monitor")
    return names[0]


def _write(text: str, out: Path) -> None:
    if str(out) == STDOUT:
        hand_over(text)
        return
    try:
        write_private(out, text)
    except OSError as error:
        raise click.BadParameter(f"{out} cannot be written: {error.strerror}", param_hint="--out") from None


def _without_personal_data(queue: Queue, settings: MonitorSettings, *, scrub: bool) -> Queue:
    if not scrub:
        note("personal data was left in the messages, as asked: take care where the file goes")
        return queue
    try:
        cleaned, found = scrubbed(queue, Scrubber(settings.personal_data.patterns, settings.personal_data.phone_region))
    except ScrubberMissingError as error:
        raise click.UsageError(f"{error}; or --no-text, or --no-scrub") from None
    if found:
        listed = ", ".join(f"{n} [{kind}]" for kind, n in sorted(found.items()))
        note(f"taken out of the messages: {listed}; names are not recognised")
    return cleaned


def _note_guarded_ids(queue: Queue, form: Form) -> None:
    guarded = sum(guarded_id(each.drawn.id) != each.drawn.id for each in queue.predictions)
    if form is Form.CSV and guarded:
        note(
            f"{guarded} ids begin like a spreadsheet's formula and have an apostrophe before them: leave it out of the "
            "label log, or take --format jsonl"
        )


def _notes(settings: MonitorSettings, drawn: int, budget: int) -> None:
    if drawn < budget:
        note(f"only {drawn} predictions have no label, so all of them are chosen")
    if not settings.classes:
        note("no critical class is configured (classes), so the recall of every class counts")
    labels = settings.source.labels
    if labels is None or labels.columns.inclusion_probability is None:
        note("the figures use the probabilities once labels.columns.inclusion_probability names their column")
