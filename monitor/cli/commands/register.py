"""`tunewatch register`: say what a model version was trained on or evaluated with."""

from collections.abc import Mapping
from pathlib import Path

import click

from monitor.actions.register.messages import read_messages
from monitor.bootstrap.configuration import load
from monitor.bootstrap.history import open_history
from monitor.cli.commands.options import chosen, config_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.signatures import Signed, sign
from monitor.common.terminal import note
from monitor.history.writing.registered import RegisteredSet

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command("register")
@config_option
@click.option("--monitor", "name", required=True, metavar="NAME", help="The monitor whose model it is.")
@click.option("--model-version", "version", required=True, metavar="VERSION", help="As the log names it.")
@click.option("--training", type=FILE, help="Messages that it was trained on: .jsonl, .csv or .parquet.")
@click.option("--evaluation", type=FILE, help="Messages that it was evaluated with.")
@click.option(
    "--text", "column", default="text", show_default=True, metavar="NAME", help="Column or key of the message."
)
def command(
    *, file: Path | None, name: str, version: str, training: Path | None, evaluation: Path | None, column: str
) -> int:
    """Keep signatures of the messages that a model version was trained on or evaluated with, never the messages.

    The check `leakage` then says how many messages of the log the model had seen, and whether it answers those better.
    """
    files = {kind: path for kind, path in (("training", training), ("evaluation", evaluation)) if path is not None}
    if not files:
        raise click.UsageError("name the messages with --training FILE, --evaluation FILE or both")
    settings = load(file)
    chosen(settings, (name,))
    sets = [RegisteredSet(version, kind, sign(read_messages(path, column))) for kind, path in files.items()]
    history = open_history(settings)
    try:
        for each in sets:
            history.register(name, each, utc_now())
            note(f"registered {each.messages:,} {each.kind} messages of model {version} of {name}")
        _tell_overlap({each.kind: each for each in history.registered(name) if each.model_version == version})
    finally:
        history.close()
    return Exit.FINE


def _tell_overlap(sets: Mapping[str, RegisteredSet]) -> None:
    """Whether evaluation messages were trained on: then the offline figures are flattered."""
    if len(sets) < 2:  # noqa: PLR2004 - both kinds
        return
    training, evaluation = sets["training"], sets["evaluation"]
    seen = sum(Signed(training.signatures).holds_signed(evaluation.signatures))
    verdict = ": the offline figures are flattered" if seen else ""
    note(f"{seen:,} of the {evaluation.messages:,} evaluation messages are in the training set{verdict}")
