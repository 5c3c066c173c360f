"""What the values of a log mean as names: of a class, of a version, of a segment. Pure.

What certainly means the same is the same name: forms of one Unicode text, white space around it, and for classes the
forms of one number, true and false, and capitals where predictions and labels each have one spelling. The rest is left
as it is, and told.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

_INVISIBLE: Final = "\ufeff\u200b\u200c\u200d\u2060"
"""A byte order mark and characters without a width; str.strip takes white space away, but not these."""
_NUMBER: Final = re.compile(r"[+-]?(?:0|[1-9][0-9]{0,17})(?:[.][0-9]{1,17})?(?:[eE][+-]?[0-9]{1,2})?")
_TRUE: Final = frozenset({"true", "t", "1"})
_FALSE: Final = frozenset({"false", "f", "0"})
_WORDS: Final = frozenset({"true", "false"})


def tidy(name: str) -> str:
    """Return a name in the composed Unicode form, without white space around it.

    >>> tidy("\u00a0re\u0301clamation ")
    'r\u00e9clamation'
    """
    if name.isascii():
        return name.strip()
    bare = name.strip().strip(_INVISIBLE).strip()
    return unicodedata.normalize("NFC", bare)


def class_name(name: str) -> str:
    """Return the name of a class as it is counted where nothing else is known of the log.

    >>> class_name("3.0"), class_name("3e0"), class_name("007"), class_name(" a")
    ('3', '3', '007', 'a')
    """
    return _number(bare) or bare if (bare := tidy(name)) else bare


@dataclass(frozen=True, slots=True)
class ClassColumn:
    """The values of a column of classes, and in how many rows each is."""

    values: Mapping[str, int]
    is_boolean: bool = False


@dataclass(frozen=True, slots=True)
class Spellings:
    """What each value is counted as where that is not the value itself; None: it names no class.

    `refused` are words of the labels that say that there is no label, with their rows; `claimed` are those that would
    say so if the bot did not predict the very word. `alike` are pairs, of a predicted class and a label, that differ
    in capitals only and are counted as two.
    """

    predicted: Mapping[str, str | None] = field(default_factory=dict)
    labels: Mapping[str, str | None] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)
    claimed: Mapping[str, int] = field(default_factory=dict)
    alike: tuple[tuple[str, str], ...] = ()


def spell(
    predicted: ClassColumn,
    labels: ClassColumn | None,
    no_label: Collection[str],
    rename: Callable[[str], str] | None = None,
) -> Spellings:
    """Return how the classes of a log are spelt; `rename` gives the class of an answer, "" where it names none."""
    other = labels or ClassColumn({})
    words = frozenset(word.casefold() for word in no_label)
    claims = {class_name(raw).casefold() for raw in predicted.values}
    silent = {raw for raw in other.values if class_name(raw).casefold() in words}
    claimed = {raw for raw in silent if class_name(raw).casefold() in claims}
    refused = silent - claimed
    rest = {raw: n for raw, n in other.values.items() if raw not in refused}
    names = [_Names.of(predicted), _Names.of(ClassColumn(rest, other.is_boolean))]
    if _are_codes(names):  # 1.1 and 1.10 are two sections, and no number
        names = [each.without_numbers() for each in names]
    if rename is not None:
        names = [each.renamed(rename) for each in names]
    if any(each.says_truth for each in names) and all(each.could_be_truth for each in names):
        names = [each.as_truth() for each in names]
    one, two = names
    chosen = frozenset(one.counted)
    by_fold = _folded(chosen)
    said = frozenset(two.counted)
    twins = {name: spellings for name in said - chosen if (spellings := by_fold.get(name.casefold()))}
    ours = _folded(said)
    merged = {name: other[0] for name, other in twins.items() if len(other) == 1 and len(ours[name.casefold()]) == 1}
    alike = sorted((other[0], name) for name, other in twins.items() if name not in merged)
    to_name = {raw: merged.get(name, name) for raw, name in two.names.items()}
    return Spellings(
        predicted=_changed(one.names),
        labels=_changed(to_name) | dict.fromkeys(refused),
        refused={raw: other.values[raw] for raw in sorted(refused)},
        claimed={raw: other.values[raw] for raw in sorted(claimed)},
        alike=tuple(alike),
    )


@dataclass(frozen=True, slots=True)
class _Names:
    """The name of each value of a column; values without one are not there."""

    names: Mapping[str, str]
    is_boolean: bool

    @classmethod
    def of(cls, column: ClassColumn) -> "_Names":
        return cls({raw: class_name(raw) for raw in column.values}, column.is_boolean)

    @property
    def counted(self) -> set[str]:
        return {name for name in self.names.values() if name}

    @property
    def says_truth(self) -> bool:
        """Whether the column holds booleans: by its type, or because it has true and false and nothing else."""
        folded = {name.casefold() for name in self.counted}
        return self.is_boolean or (bool(folded) and folded <= _WORDS)

    @property
    def could_be_truth(self) -> bool:
        return {name.casefold() for name in self.counted} <= _TRUE | _FALSE

    def as_truth(self) -> "_Names":
        truth = {raw: "true" if name.casefold() in _TRUE else "false" for raw, name in self.names.items() if name}
        return _Names(dict(self.names) | truth, self.is_boolean)

    def renamed(self, rename: Callable[[str], str]) -> "_Names":
        return _Names({raw: rename(name) if name else name for raw, name in self.names.items()}, self.is_boolean)

    def without_numbers(self) -> "_Names":
        return _Names({raw: tidy(raw) for raw in self.names}, self.is_boolean)


def _are_codes(columns: list[_Names]) -> bool:
    """Whether one column writes a number that is not whole in two ways, as numbered sections are."""
    for column in columns:
        ways: defaultdict[str, set[str]] = defaultdict(set)
        for raw, name in column.names.items():
            ways[name].add(tidy(raw))
        if any("." in name and len(spelt) > 1 and _number(name) for name, spelt in ways.items()):
            return True
    return False


def _folded(names: Collection[str]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[name.casefold()].append(name)
    return dict(found)


def _changed(names: Mapping[str, str]) -> dict[str, str | None]:
    return {raw: name or None for raw, name in names.items() if name != raw}


def _number(text: str) -> str | None:
    """Return a number in its plainest form, None where it is none or would be very long."""
    if _NUMBER.fullmatch(text) is None:
        return None
    number = Decimal(text)
    if abs(number.adjusted()) > 17:  # noqa: PLR2004 - digits that a double holds
        return None
    plain = f"{number.normalize():f}"
    return "0" if plain == "-0" else plain
