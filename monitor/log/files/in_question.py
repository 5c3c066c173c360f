"""A file of which it is to be found out how it can be read, and what every form of it needs."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from monitor.log.files.copies import Copies
from monitor.log.files.examiner import Examiner
from monitor.log.files.pieces import Piece, Wanted
from monitor.log.files.rewriting import Rewritten


@dataclass(frozen=True, slots=True)
class FileInQuestion:
    """A file, the columns that are wanted of it, its encoding where that is set, and what it is examined with."""

    examiner: Examiner
    copies: Copies
    name: str
    wanted: Wanted
    encoding: str | None


def matched(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """Return wanted name to the name that there is: the same, else the same in other capitals."""
    names = list(there)
    any_case = {name.casefold(): name for name in reversed(names)}
    found = {name: name if name in names else any_case.get(name.casefold()) for name in wanted}
    return {name: column for name, column in found.items() if column is not None}


def with_counts(piece: Piece, done: Rewritten, encoding: str | None) -> Piece:
    """The piece, with what was found while it was rewritten."""
    bad = tuple(done.bad_lines)
    lines = done.rows + done.malformed
    return replace(piece, lines=lines, malformed=done.malformed, bad_lines=bad, encoding=encoding)
