"""Reads the written files back, and counts what training data and test data have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from monitor.actions.finetune.dataset import Split
from monitor.actions.finetune.format import Example, Format, FormatError
from monitor.common.near_duplicates import evened, overlap


@dataclass(frozen=True, slots=True)
class Overlap:
    """Messages that two files share: the same once evened out, and pairs of near duplicates."""

    one: Split
    other: Split
    exact: int
    near: int


def prove(folder: Path, form: Format, labels: Sequence[str]) -> tuple[Overlap, ...]:
    """The overlap of every two files, from the files themselves.

    Raises FormatError where a file is not of its format, or where two share anything: neither may leave this house.
    """
    read = {split: _read(folder, form, split, labels) for split in Split}
    found = tuple(_overlap(read, one, other) for one, other in combinations(Split, 2))
    shared = [f"{each.one} and {each.other}" for each in found if each.exact or each.near]
    if shared:
        raise FormatError(f"messages are shared by {', '.join(shared)}")
    return found


def _read(folder: Path, form: Format, split: Split, labels: Sequence[str]) -> list[Example]:
    return form.read((folder / f"{split}{form.suffix}").read_bytes().decode("utf-8"), labels)


def _overlap(read: Mapping[Split, Sequence[Example]], one: Split, other: Split) -> Overlap:
    texts, others = ([example.text for example in read[split]] for split in (one, other))
    exact = len({evened(text) for text in texts} & {evened(text) for text in others})
    return Overlap(one, other, exact, overlap(texts, others))
