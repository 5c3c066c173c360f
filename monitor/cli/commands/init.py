"""`tunewatch init`: a first configuration for a log."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from config.loading import DEFAULT_FILE
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.personal import Scrubber, ScrubberMissingError
from monitor.common.redact import redact
from monitor.common.terminal import hand_over, note, printable
from monitor.onboarding.initialise import Proposal, Question, must_be_new, propose, questions, render, summary, write

MOST_ROUNDS = 5
"""How often a person is asked again: what is answered may open another question."""


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

    What is in doubt is asked on a terminal. Elsewhere, and where no answer is given, it is marked with CHECK in the
    configuration, which is written all the same, and the exit status is 2.
    """
    is_file = str(out) != "-"
    if is_file and not force:
        must_be_new(out)
    proposal = _asked(sources) if _is_terminal() else propose(sources, utc_now())
    if is_file:
        write(render(proposal, out.absolute().parent), out, force=force)
    else:
        hand_over(render(proposal, Path.cwd()))
    for line in summary(proposal, _scrub()):
        click.echo(printable(redact(line)), err=True)
    if is_file:
        note(f"wrote {out}; {_next(proposal)}tunewatch validate -c {out}")
    return Exit.USAGE if proposal.to_check else Exit.FINE


def _next(proposal: Proposal) -> str:
    if proposal.to_check:
        return "it is not to be used yet: mend what is marked with CHECK, then run: "
    return "check what is marked with (?), then run: "


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(sources: tuple[str, ...]) -> Proposal:
    """The proposal after a person has answered what is in doubt."""
    said: dict[str, dict[str, str]] = {}
    proposal = propose(sources, utc_now())
    answered: set[tuple[str, str]] = set()
    for _ in range(MOST_ROUNDS):
        new = [each for each in questions(proposal) if each.about not in answered]
        if not new:
            break
        for question in new:
            said.setdefault(question.role, {})[question.meaning] = _ask(question)
            answered.add(question.about)
        proposal = propose(sources, utc_now(), said)
    return proposal


def _ask(question: Question) -> str:
    click.echo(err=True)
    click.echo(printable(redact(f"{question.meaning}: {question.reason}")), err=True)
    for number, (name, example) in enumerate(question.options, 1):
        click.echo(printable(redact(f"  {number:>2}  {name:<24} {example}")), err=True)
    while True:
        said = click.prompt(question.sentence, default=question.default or "-", err=True)
        answer = question.answer(said)
        if answer is not None:
            return answer
        click.echo(f"there is no {printable(said)} in the list", err=True)


def _scrub() -> Callable[[str], str]:
    """Takes personal data out of messages; all of them where what finds it is not installed."""
    try:
        scrubber = Scrubber({}, None)
    except ScrubberMissingError:
        return lambda _text: ""
    return lambda text: scrubber(text).text
