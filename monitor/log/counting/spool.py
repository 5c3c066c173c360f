"""Rows that are too many for memory: kept in a temporary file, read again as often as wanted."""

import marshal
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, Any, Final, Generic, TypeVar, overload

Row = TypeVar("Row", bound=tuple[Any, ...])

ROWS_IN_MEMORY: Final = 400_000
"""Rows that are held as they are: some seventy megabytes of tuples and numbers."""

_CHUNK: Final = 20_000  # rows that are written and read at once


class Spool(Sequence[Row], Generic[Row]):
    """Rows of names and numbers in the order in which they came, on disk once they are many.

    `make` makes a row of its plain values. The file has no name and goes with the spool.
    """

    def __init__(self, make: Callable[[Iterable[Any]], Row], folder: str | None = None) -> None:
        self._make = make
        self._folder = folder
        self._held: list[Row] = []
        self._file: IO[bytes] | None = None
        self._chunks: list[tuple[int, int]] = []  # where each begins in the file, and its bytes
        self._written = 0

    def extend(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        self._held.extend(rows)
        if len(self._held) > ROWS_IN_MEMORY:
            self._write()

    def settled(self) -> "Sequence[Row]":
        """The rows, as a plain tuple where they are few."""
        return self if self._file is not None else tuple(self._held)

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - it lives as long as the spool
            weakref.finalize(self, self._file.close)
        self._file.seek(0, 2)
        for start in range(0, len(self._held), _CHUNK):
            chunk = marshal.dumps([tuple(row) for row in self._held[start : start + _CHUNK]])
            self._chunks.append((self._file.tell(), len(chunk)))
            self._file.write(chunk)
        self._written += len(self._held)
        self._held = []

    def __len__(self) -> int:
        return self._written + len(self._held)

    def __iter__(self) -> Iterator[Row]:
        for place, size in self._chunks:
            assert self._file is not None  # noqa: S101 - a place is one in the file
            self._file.seek(place)
            # `marshal.load` would ask the file for each number of each row by itself, which takes ten times as long.
            rows = marshal.loads(self._file.read(size))  # noqa: S302 - a file that nobody else can open
            yield from map(self._make, rows)
        yield from self._held

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """One row or some; reads all rows before them."""
        if isinstance(index, slice):
            return tuple(islice(self, *index.indices(len(self))))
        place = range(len(self))[index]
        return next(islice(self, place, None))
