"""Outcome cells as columns: a look adds tens of thousands of them up, and reads few one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

import numpy as np
from numpy.typing import NDArray

from checks.counts.cells import BAND_EDGES, NO_BAND, OutcomeCell

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

BANDS = len(BAND_EDGES) + 2
"""Confidence bands, that of predictions without a confidence included."""

_COLUMNS = ("predicted", "label", "version", "band", "n", "weight", "weight_squared", "confidence", "designed")

UNLABELLED = -1
"""Place of the label of a prediction that has none."""


@dataclass(frozen=True, eq=False)
class Outcomes(Sequence[OutcomeCell]):
    """Cells in their order, as columns of one length (N).

    `predicted` and `label` (UNLABELLED where there is none) are places in `classes`, which may name more than there
    are, and `version` is the place in `versions` of the pair of model and prompt version. The other columns are those
    of `OutcomeCell`. As a sequence it holds the cells themselves, which are made when the first one is asked for.
    """

    classes: tuple[str, ...]
    versions: tuple[tuple[str, str], ...]
    predicted: Places
    label: Places
    version: Places
    band: Places
    n: Floats
    weight: Floats
    weight_squared: Floats
    confidence: Floats
    designed: Floats

    @classmethod
    def of(cls, cells: Iterable[OutcomeCell]) -> "Outcomes":
        """The columns of these cells; of `Outcomes` themselves."""
        if isinstance(cells, Outcomes):
            return cells
        cells = tuple(cells)
        names = {cell.predicted for cell in cells} | {cell.label for cell in cells if cell.label is not None}
        classes, pairs = sorted(names), sorted({(cell.model_version, cell.prompt_version) for cell in cells})
        place: dict[str | None, int] = {None: UNLABELLED, **{name: k for k, name in enumerate(classes)}}
        number = {pair: k for k, pair in enumerate(pairs)}
        keys = [(place[c.predicted], place[c.label], number[c.model_version, c.prompt_version], c.band) for c in cells]
        numbers = [(c.n, c.weight, c.weight_squared, c.confidence, c.designed) for c in cells]
        predicted, label, version, band = np.array(keys, dtype=np.intp).reshape(-1, 4).T
        n, weight, squared, confidence, designed = np.array(numbers, dtype=float).reshape(-1, 5).T
        return cls(
            tuple(classes), tuple(pairs), predicted, label, version, band, n, weight, squared, confidence, designed
        )

    def __len__(self) -> int:
        return self.n.size

    def __iter__(self) -> Iterator[OutcomeCell]:
        return iter(self._cells)

    @overload
    def __getitem__(self, index: int) -> OutcomeCell: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[OutcomeCell, ...]: ...
    def __getitem__(self, index: int | slice) -> OutcomeCell | tuple[OutcomeCell, ...]:
        return self._cells[index]

    def __eq__(self, other: object) -> bool:
        """Whether both hold equal cells in the same order."""
        if self is other or not isinstance(other, Outcomes):
            return self is other
        if (self.classes, self.versions) == (other.classes, other.versions):
            return all(np.array_equal(getattr(self, name), getattr(other, name)) for name in _COLUMNS)
        return self._cells == other._cells

    def __hash__(self) -> int:
        return hash((len(self), float(self.n.sum())))

    @cached_property
    def labelled(self) -> NDArray[np.bool_]:
        """Which cells have a label (N)."""
        return np.asarray(self.label != UNLABELLED)

    @cached_property
    def present(self) -> tuple[str, ...]:
        """The classes that are predicted or a label, by name."""
        there = np.zeros(len(self.classes) + 1, dtype=bool)
        there[self.predicted] = True
        there[self.label] = True  # the last place is that of no label
        return tuple(sorted(self.classes[k] for k in np.flatnonzero(there[:-1]).tolist()))

    def places(self, names: Sequence[str]) -> tuple[Places, Places]:
        """`predicted` and `label` as places in `names`. Raises KeyError for a class that is not among them."""
        if tuple(names) == self.classes:  # of a hundred names to look up each takes longer than to place the cells
            return self.predicted.astype(np.intp), self.label.astype(np.intp)
        index = {name: k for k, name in enumerate(names)}
        of_class = np.array([index.get(name, UNLABELLED) for name in self.classes] + [UNLABELLED], dtype=np.intp)
        if missing := set(self.present) - index.keys():
            raise KeyError(*sorted(missing))
        return of_class[self.predicted], of_class[self.label]  # the last place is that of no label

    def where(self, chosen: NDArray[np.bool_] | Places) -> "Outcomes":
        """Some of the cells."""
        return Outcomes(self.classes, self.versions, *(getattr(self, name)[chosen] for name in _COLUMNS))

    def of_version(self, model: str, prompt: str) -> "Outcomes":
        """The cells of one pair of versions."""
        return self.where(self._is_of([pair == (model, prompt) for pair in self.versions]))

    def codes(self, classes: Sequence[str], versions: Sequence[tuple[str, str]]) -> NDArray[np.int64]:
        """One number for each cell's classes (among `classes`), versions (among `versions`) and band."""
        predicted, label = self.places(classes)
        number = {pair: k for k, pair in enumerate(versions)}
        version = np.array([number[pair] for pair in self.versions], dtype=np.int64)[self.version]
        with_label = predicted.astype(np.int64) * (len(classes) + 1) + label + 1
        return np.asarray((with_label * len(versions) + version) * BANDS + self.band - NO_BAND)

    def by_model(self) -> dict[str, "Outcomes"]:
        """The cells of each model version, by name."""
        return self._by([model for model, _ in self.versions])

    def by_prompt(self) -> dict[str, "Outcomes"]:
        """The cells of each prompt version, by name."""
        return self._by([prompt for _, prompt in self.versions])

    def _by(self, names: Sequence[str]) -> dict[str, "Outcomes"]:
        here = {names[k] for k in np.unique(self.version).tolist()}
        return {name: self.where(self._is_of([other == name for other in names])) for name in sorted(here)}

    def _is_of(self, wanted: Sequence[bool]) -> NDArray[np.bool_]:
        return np.array(wanted, dtype=bool)[self.version]

    @cached_property
    def _cells(self) -> tuple[OutcomeCell, ...]:
        labels = (*self.classes, None)  # the last place is that of no label
        versions = [self.versions[k] for k in self.version.tolist()]
        cells = map(
            OutcomeCell,
            (self.classes[k] for k in self.predicted.tolist()),
            (labels[k] for k in self.label.tolist()),
            self.n.astype(int).tolist(),
            self.weight.tolist(),
            self.weight_squared.tolist(),
            (model for model, _ in versions),
            (prompt for _, prompt in versions),
            self.band.tolist(),
            self.confidence.tolist(),
            self.designed.astype(int).tolist(),
        )
        return tuple(cells)


def together(parts: Sequence[Outcomes]) -> Outcomes:
    """The cells of all parts, those that differ in nothing but their counts added up; in the order of their codes."""
    classes = sorted({name for part in parts for name in part.classes})
    versions = sorted({pair for part in parts for pair in part.versions})
    number = {pair: k for k, pair in enumerate(versions)}
    codes = np.concatenate([part.codes(classes, versions) for part in parts])
    _, first, where = np.unique(codes, return_index=True, return_inverse=True)

    def added(column: str) -> Floats:
        counts = np.concatenate([getattr(part, column) for part in parts])
        return np.asarray(np.bincount(where, counts, first.size), dtype=float)

    keys = (
        np.concatenate([part.places(classes)[0] for part in parts]),
        np.concatenate([part.places(classes)[1] for part in parts]),
        np.concatenate([np.array([number[pair] for pair in part.versions], np.intp)[part.version] for part in parts]),
        np.concatenate([part.band for part in parts]),
    )
    numbers = ("n", "weight", "weight_squared", "confidence", "designed")
    return Outcomes(tuple(classes), tuple(versions), *(key[first] for key in keys), *map(added, numbers))


def less(cells: Iterable[OutcomeCell], part: Iterable[OutcomeCell]) -> Outcomes:
    """The cells without those of a part of the same predictions; each has a stratum and label once at most."""
    whole, gone = Outcomes.of(cells), Outcomes.of(part)
    classes = whole.classes if whole.classes == gone.classes else sorted({*whole.classes, *gone.classes})
    versions = sorted({*whole.versions, *gone.versions})
    _, of_whole, of_gone = np.intersect1d(
        whole.codes(classes, versions), gone.codes(classes, versions), assume_unique=True, return_indices=True
    )

    def rest(column: Floats, taken: Floats) -> Floats:
        left = column.copy()
        left[of_whole] = np.maximum(left[of_whole] - taken[of_gone], 0.0)
        return left

    left = replace(
        whole,
        n=rest(whole.n, gone.n),
        weight=rest(whole.weight, gone.weight),
        weight_squared=rest(whole.weight_squared, gone.weight_squared),
        confidence=rest(whole.confidence, gone.confidence),
        designed=rest(whole.designed, gone.designed),
    )
    return left.where(left.n > 0)
