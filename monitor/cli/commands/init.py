"""`tunewatch init`: a first configuration for a log."""

from pathlib import Path

import click

from config.loading import DEFAULT_FILE
from monitor.common.exit_codes import Exit
from monitor.common.terminal import note
from monitor.onboarding.initialise import propose, render, write


@click.command("init")
@click.argument("sources", nargs=-1, required=True, metavar="URL_OR_FILES...")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path),
    default=DEFAULT_FILE,
    show_default=True,
    help="Where to write the configuration; - prints it.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(*, sources: tuple[str, ...], out: Path, force: bool) -> int:
    """Look at a log, guess what its columns mean, and write a commented configuration.

    URL_OR_FILES is a database URL, a database file, or data files, folders and globs (parquet, csv, jsonl).
    """
    proposal = propose(sources)
    if str(out) == "-":
        click.echo(render(proposal, Path.cwd()), nl=False)
        return Exit.FINE
    write(render(proposal, out.absolute().parent), out, force=force)
    note(f"wrote {out}; check what is marked with (?), then run: tunewatch validate -c {out}")
    return Exit.FINE
