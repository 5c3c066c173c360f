"""What a link asks for: the span, the class and the slice, held to what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

from checks.metrics.line import ALL

SPANS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90), "365d": timedelta(days=365)}
)
USUAL: Final = "30d"


class NotAskedRightError(Exception):
    """A parameter of a link that means nothing; the message says what could be meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A span by its name in `SPANS`, a class ("" leaves the choice to the page), and a slice."""

    span: str
    class_name: str = ""
    slice_name: str = ALL

    @property
    def length(self) -> timedelta:
        """How long the span is."""
        return SPANS[self.span]

    def link(self, path: str, class_name: str | None = None) -> str:
        """The address of what is asked for at a path, of this class or another one."""
        name = self.class_name if class_name is None else class_name
        given = {"span": self.span, "class": name, "slice": "" if self.slice_name == ALL else self.slice_name}
        return f"{path}?{urlencode({key: value for key, value in given.items() if value})}"


def asked(
    parameters: Mapping[str, str], classes: Sequence[str] = (), slices: Sequence[str] = (), others: Sequence[str] = ()
) -> Asked:
    """Read the parameters, of which `others` are read elsewhere.

    Raises NotAskedRightError for a name or a value that there is none of.
    """
    known = ("span", *(("class",) if classes else ()), *(("slice",) if slices else ()), *others)
    if unknown := sorted(parameters.keys() - set(known)):
        raise NotAskedRightError(f"{unknown[0]!r} is no parameter; there are {', '.join(known)}")
    span, class_name = parameters.get("span", USUAL), parameters.get("class", "")
    slice_name = parameters.get("slice", "") or ALL
    if span not in SPANS:
        raise NotAskedRightError(f"span {span!r} is none of {', '.join(SPANS)}")
    if class_name and class_name not in classes:
        raise NotAskedRightError(f"class {class_name!r} is none of this monitor's newest figures")
    if slice_name != ALL and slice_name not in slices:
        raise NotAskedRightError(f"slice {slice_name!r} is none of this monitor's figures")
    return Asked(span, class_name, slice_name)
