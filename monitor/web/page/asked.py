"""What a link asks for: the span and the class, held to what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Final
from urllib.parse import urlencode

SPANS: Final[Mapping[str, timedelta]] = MappingProxyType(
    {"7d": timedelta(days=7), "30d": timedelta(days=30), "90d": timedelta(days=90), "365d": timedelta(days=365)}
)
USUAL: Final = "30d"


class NotAskedRightError(Exception):
    """A parameter of a link that means nothing; the message says what could be meant."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A span by its name in `SPANS`, and a class; "" leaves the choice of the class to the page."""

    span: str
    class_name: str

    @property
    def length(self) -> timedelta:
        """How long the span is."""
        return SPANS[self.span]

    def link(self, path: str, class_name: str | None = None) -> str:
        """The address of what is asked for at a path, of this class or another one."""
        name = self.class_name if class_name is None else class_name
        return f"{path}?{urlencode({'span': self.span} | ({'class': name} if name else {}))}"


def asked(parameters: Mapping[str, str], classes: Sequence[str]) -> Asked:
    """Read the parameters. Raises NotAskedRightError for a name or a value that there is none of."""
    if unknown := sorted(parameters.keys() - {"span", "class"}):
        raise NotAskedRightError(f"{unknown[0]!r} is no parameter; there are span and class")
    span, class_name = parameters.get("span", USUAL), parameters.get("class", "")
    if span not in SPANS:
        raise NotAskedRightError(f"span {span!r} is none of {', '.join(SPANS)}")
    if class_name and class_name not in classes:
        raise NotAskedRightError(f"class {class_name!r} is none of this monitor's newest figures")
    return Asked(span, class_name)
