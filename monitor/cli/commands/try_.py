"""`tunewatch try`: would another prompt or model do better in production?"""

from datetime import datetime
from pathlib import Path

import click

from monitor.actions.candidates.drawing import SampleSpec
from monitor.actions.candidates.make import make_folder
from monitor.actions.candidates.sample import Role
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
from monitor.cli.commands.options import chosen, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note


@click.group("try")
def command() -> None:
    """Try a candidate (a prompt, a model, a fine-tune) on what production has taught, before it ships.

    `sample` draws the messages; `judge` compares what the candidate answers with what answers now.
    """


@command.command("sample")
@config_option
@click.argument("wanted", metavar="[INCIDENT]", required=False)
@click.option("--monitor", "name", metavar="NAME", help="Instead of an incident; may be left out where there is one.")
@out_option
@click.option(
    "--size",
    type=click.IntRange(min=30),
    default=300,
    show_default=True,
    metavar="N",
    help="Messages drawn by chance; up to 30 failures and 30 guards come beside them.",
)
@click.option(
    "--candidates",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    metavar="N",
    help="How many will be tried on it: the more, the surer each has to be.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What the messages are drawn from.")
@as_of_option
@scrub_option
def sample(
    *,
    file: Path | None,
    wanted: str | None,
    name: str | None,
    out: Path | None,
    size: int,
    candidates: int,
    seed: int,
    as_of: datetime | None,
    no_scrub: bool,
) -> int:
    """Draw the messages that a candidate is to be tried on, with what each stands for.

    INCIDENT is an id, or its beginning, as `tunewatch history` lists it. The messages are labelled and held out: no
    fine-tune has learned from them, and none will, as the history remembers it.
    """
    if (wanted is None) == (name is None) and wanted is not None:
        raise click.UsageError("INCIDENT and --monitor exclude each other")
    settings = load(file)
    with the_history(settings) as history:
        incident = None if wanted is None else find_one(history.queries, wanted, "INCIDENT")
        if incident is not None:
            monitor = incident.monitor
        else:
            names = chosen(settings, [name] if name else [])
            if len(names) > 1:
                raise click.UsageError(f"name an INCIDENT, or --monitor: {', '.join(names)}")
            monitor = names[0]
        folder = free_folder(out or Path(f"try-{incident.id if incident else monitor}"))
        watched = the_monitor(settings, monitor)
        kept = history.holdout(monitor)
        spec = SampleSpec(
            monitor=monitor,
            incident=incident,
            as_of=as_of or utc_now(),
            holdout=kept,
            size=size,
            seed=seed,
            candidates=candidates,
            scrub=not no_scrub,
        )
        with explained(monitor), the_log(watched, monitor) as log:
            made, holdout = make_folder(log, watched, spec, folder)
        if kept is None:
            history.hold_out(monitor, holdout.since)
    warn_of_personal_data(scrubbed=not no_scrub)
    counts = (f"{made.count(role):,} {said}" for role, said in _SAID.items())
    note(f"{folder} has {', '.join(counts)}; begin with README.md")
    return Exit.FINE


_SAID = {Role.SAMPLE: "drawn by chance", Role.FAILURE: "failures", Role.GUARD: "guards"}
