"""The header of a CSV file: its delimiter and its columns."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_USUAL: Final = (",", "\t", ";", "|")


@dataclass(frozen=True, slots=True)
class Header:
    """How a CSV file begins. Names are distinct, whatever their capitals."""

    delimiter: str
    names: tuple[str, ...]

    def places(self, wanted: Iterable[str]) -> dict[str, int]:
        """Return where the wanted columns are: those of the same name, else of the same name in other capitals."""
        exact = {name: place for place, name in enumerate(self.names)}
        any_case = {name.casefold(): place for place, name in enumerate(self.names)}
        found = {name: exact.get(name, any_case.get(name.casefold())) for name in wanted}
        return {name: place for name, place in found.items() if place is not None}


def parse_header(text: str, wanted: Sequence[str]) -> Header:
    """Read the line that names the columns; the delimiter is the one by which most of the wanted columns are there."""
    line = text.strip("\r\n")
    usual = [each for each in _USUAL if each in line]
    odd = [each for each in dict.fromkeys(line) if not (each.isalnum() or each in "\"'_ .-" or each in _USUAL)]
    headers = [_split(line, delimiter) for delimiter in [*usual, *odd] or [","]]
    return max(headers, key=lambda header: (len(header.places(wanted)), len(header.names)))


def next_header(text: str, header: Header) -> Header | None:
    """Return the header that this line is, if it names most of the columns of the one before."""
    newer = _split(text.strip("\r\n"), header.delimiter)
    known = len(newer.places(header.names))
    return newer if known >= 2 and 2 * known >= len(header.names) else None  # noqa: PLR2004


def _split(line: str, delimiter: str) -> Header:
    try:
        names = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        names = line.split(delimiter)
    return Header(delimiter, tuple(_distinct(names)))


def _distinct(names: Sequence[str]) -> Iterable[str]:
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        plain = name.strip().removeprefix("\ufeff") or f"column{position}"
        seen[plain.casefold()] = seen.get(plain.casefold(), 0) + 1
        yield plain if seen[plain.casefold()] == 1 else f"{plain}_{seen[plain.casefold()]}"
