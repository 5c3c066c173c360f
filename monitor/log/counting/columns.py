"""Counted rows as columns: a first look counts millions of rows, of which hardly any is read by itself.

What does not fit into memory is in a temporary file.
"""

import tempfile
import weakref
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, Any, Final, Generic, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from monitor.log.counts import ALL, DelayRow, LabellerRow, LatencyRow, OutcomeRow, RelevanceRow

Row = TypeVar("Row", OutcomeRow, LatencyRow, DelayRow, RelevanceRow, LabellerRow)

Block = Mapping[str, NDArray[Any]]
"""Columns of one length, by the name of the row's field; names as their codes."""

NO_NAME: Final = -1
"""Code of None."""

ROWS_IN_MEMORY: Final = 100_000
"""Rows that are held as they are: some eight megabytes, and a file is read as fast as it is wanted."""

_NAMES: Final = frozenset(
    {"segment", "value", "model_version", "prompt_version", "predicted", "label", "source", "labeller"}
)
_FLOATS: Final = frozenset({"weight", "weight_squared"})


@dataclass(frozen=True, slots=True)
class _Place:
    """A block in the file: where it begins, its rows, the columns that are `alike` in all rows and not written.

    With `is_plain`, weights are their own squares, which are not written either.
    """

    start: int
    rows: int
    alike: Mapping[str, float]
    is_plain: bool

    def written(self, fields: Sequence[str]) -> Iterator[str]:
        """The columns that the file has, in order."""
        return (name for name in fields if name not in self.alike and not (self.is_plain and name == "weight_squared"))


class Names:
    """Names by code, from 0 on in the order in which they came."""

    def __init__(self) -> None:
        self._codes: dict[str | None, int] = {None: NO_NAME}
        self._names: list[str | None] = []

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, code: int) -> str | None:
        return None if code == NO_NAME else self._names[code]

    def code(self, name: str | None) -> int:
        """The code of a name, which is added when it is new."""
        code = self._codes.get(name)
        if code is None:
            code = self._codes[name] = len(self._names)
            self._names.append(name)
        return code

    def codes(self, names: Iterable[str | None]) -> NDArray[np.int32]:
        """Their codes."""
        return np.fromiter(map(self.code, names), dtype=np.int32)

    def all(self) -> tuple[str | None, ...]:
        """All of them by code; None comes last, where NO_NAME finds it."""
        return (*self._names, None)


class Columns(Sequence[Row], Generic[Row]):
    """Rows of one kind in the order in which they came. The file has no name and goes with the object."""

    def __init__(self, kind: type[Row], names: Names | None = None, folder: str | None = None) -> None:
        self._make: Callable[[Iterable[Any]], Row] = kind._make
        self._kind: type[Row] = kind
        self._fields: tuple[str, ...] = kind._fields
        self.names = Names() if names is None else names
        self._folder = folder
        self._held: list[Block] = []
        self._file: IO[bytes] | None = None
        self._places: list[_Place] = []
        self._written = 0

    @classmethod
    def of(cls, kind: type[Row], rows: Sequence[Row]) -> "Columns[Row]":
        """These rows as columns; those that are columns already as they are."""
        if isinstance(rows, Columns):
            return rows
        found = cls(kind)
        found.extend_rows(rows)
        return found

    def extend(self, block: Block) -> None:
        """Append a block, whose names have codes of these `names`; of some rows, unless there are none."""
        columns = {name: np.asarray(block[name], dtype=_dtype(name)) for name in self._fields}
        if columns[self._fields[0]].size:
            self._held.append(columns)
        if sum(_size(held) for held in self._held) > ROWS_IN_MEMORY:
            self._write()

    def extend_rows(self, rows: Iterable[Row]) -> None:
        """Append rows."""
        columns = zip(self._fields, zip(*rows, strict=True), strict=False)
        if block := {name: self.names.codes(each) if name in _NAMES else np.array(each) for name, each in columns}:
            self.extend(block)

    def blocks(self, **only: int) -> Iterator[Block]:
        """All rows, some of them at once; without blocks in which every row has another value than `only` says."""
        for place in self._places:
            if all(place.alike.get(name, value) == value for name, value in only.items()):
                yield self._read(place)
        yield from self._held

    def of_segment(self, segment: int) -> Iterator[Block]:
        """The rows of the segment column with this code, some of them at once."""
        for block in self.blocks(segment=segment):
            here = block["segment"] == segment
            if here.any():
                yield block if here.all() else _chosen(block, here)

    def of_buckets(self, wanted: Collection[int]) -> Iterator[Row]:
        """The rows of these buckets."""
        buckets = np.array(sorted(wanted), dtype=np.int64)
        for block in self.blocks():
            yield from self._rows(_chosen(block, np.isin(block["bucket"], buckets)))

    def replaced(self, gone: Collection[int], rows: Iterable[Row]) -> "Columns[Row]":
        """The rows of all other buckets, and these."""
        found = Columns(self._kind, self.names, self._folder)
        buckets = np.array(sorted(gone), dtype=np.int64)
        for block in self.blocks():
            found.extend(_chosen(block, ~np.isin(block["bucket"], buckets)))
        found.extend_rows(rows)
        return found

    def _write(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - it lives as long as the rows
            weakref.finalize(self, self._file.close)
        self._file.seek(0, 2)
        for block in self._held:
            alike = {name: block[name][0].item() for name in self._fields if _is_one_value(block[name])}
            is_plain = "weight_squared" in block and np.array_equal(block["weight"], block["weight_squared"])
            place = _Place(self._file.tell(), _size(block), alike, is_plain)
            self._places.append(place)
            for name in place.written(self._fields):
                self._file.write(block[name].tobytes())
            self._written += _size(block)
        self._held = []

    def _read(self, place: "_Place") -> Block:
        assert self._file is not None  # noqa: S101 - a place is one in the file
        self._file.seek(place.start)
        block: dict[str, NDArray[Any]] = {
            name: np.frombuffer(self._file.read(place.rows * _dtype(name).itemsize), _dtype(name))
            for name in place.written(self._fields)
        }
        for name, value in place.alike.items():
            block[name] = np.broadcast_to(_dtype(name).type(value), place.rows)
        if place.is_plain:
            block["weight_squared"] = block["weight"]
        return block

    def _rows(self, block: Block) -> Iterator[Row]:
        names = self.names.all()
        columns = (
            [names[code] for code in block[name].tolist()] if name in _NAMES else block[name].tolist()
            for name in self._fields
        )
        return map(self._make, zip(*columns, strict=True))

    def __len__(self) -> int:
        return self._written + sum(_size(held) for held in self._held)

    def __iter__(self) -> Iterator[Row]:
        for block in self.blocks():
            yield from self._rows(block)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        """One row or some; reads all rows before them."""
        if isinstance(index, slice):
            return tuple(islice(self, *index.indices(len(self))))
        return next(islice(self, range(len(self))[index], None))

    def __eq__(self, other: object) -> bool:
        """Whether both hold equal rows in the same order."""
        return isinstance(other, Sequence) and len(self) == len(other) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return id(self)


def rows_of(kind: type[Row], rows: Sequence[Row], wanted: Collection[int]) -> Iterator[Row]:
    """The rows of these buckets; those of columns without a look at the others."""
    return Columns.of(kind, rows).of_buckets(wanted) if wanted else iter(())


def whole_buckets(columns: Columns[Row]) -> Iterator[Block]:
    """The blocks, or all of them as one where a bucket is in several."""
    buckets = [np.unique(block["bucket"]) for block in columns.blocks()]
    if not buckets or sum(map(len, buckets)) == len(np.unique(np.concatenate(buckets))):
        yield from columns.blocks()
        return
    blocks = list(columns.blocks())
    yield {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def totals(outcomes: Sequence[OutcomeRow]) -> dict[int, tuple[int, int]]:
    """Predictions and labelled predictions of each bucket that has any."""
    columns = Columns.of(OutcomeRow, outcomes)
    everything = columns.names.code(ALL)
    found: Counter[int] = Counter()
    labelled: Counter[int] = Counter()
    for block in columns.of_segment(everything):
        buckets, place = np.unique(block["bucket"], return_inverse=True)
        n, has_label = block["n"], block["label"] != NO_NAME
        for counter, numbers in ((found, n), (labelled, n * has_label)):
            sums = np.bincount(place, numbers, buckets.size).astype(int)
            counter.update(dict(zip(buckets.tolist(), sums.tolist(), strict=True)))
    return {bucket: (n, labelled[bucket]) for bucket, n in found.items()}


def _dtype(name: str) -> np.dtype[Any]:
    return np.dtype(np.int32 if name in _NAMES else np.float64 if name in _FLOATS else np.int64)


def _is_one_value(column: NDArray[Any]) -> bool:
    return bool(column[0] == column[-1]) and bool((column == column[0]).all())


def _size(block: Block) -> int:
    return int(block["bucket"].size)


def _chosen(block: Block, which: NDArray[np.bool_]) -> Block:
    return {name: column[which] for name, column in block.items()}
