"""Paths into what a column holds: `output.intent`, `messages[-1].content`, `metadata."user.id"`. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_STEP: Final = re.compile(r'\.(?:"(?P<quoted>[^"]+)"|(?P<key>[^.\[\]"]+))|\[(?P<place>-?[0-9]{1,6})\]')
OPTIONAL: Final = "?"


@dataclass(frozen=True, slots=True)
class Path:
    """A column, and the keys (texts) and places in lists (numbers, from 0 or from the end) that lead on from it."""

    column: str
    steps: tuple[str | int, ...] = ()
    """The step `$` is the value itself, read as JSON: `"urgent"`, in quotes, is urgent."""


def readings(text: str) -> Iterator[Path]:
    """Yield what a text may mean, the longest name of a column first: columns may have dots in their names.

    >>> [path.column for path in readings("output.scores[0].a")]
    ['output.scores[0].a', 'output.scores[0]', 'output.scores', 'output']
    """
    yield Path(text)
    breaks = [place for place, sign in enumerate(text) if sign in ".[" and place]
    for place in reversed(breaks):
        if (steps := _steps(text[place:])) is not None:
            yield Path(text[:place], steps)


def _steps(text: str) -> tuple[str | int, ...] | None:
    steps: list[str | int] = []
    place = 0
    while place < len(text):
        found = _STEP.match(text, place)
        if found is None:
            return None
        index = found["place"]
        steps.append(int(index) if index is not None else found["quoted"] or found["key"])
        place = found.end()
    return tuple(steps)


def columns_of(text: str) -> tuple[str, ...]:
    """Return the names of the columns that a text may mean; see `readings`."""
    return tuple(dict.fromkeys(path.column for path in readings(text.removesuffix(OPTIONAL)))) + (
        (text,) if text.endswith(OPTIONAL) else ()
    )
