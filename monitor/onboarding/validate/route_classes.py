"""Classes that routes name: only the logs know which there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from alerts.routing.matching import fits_one
from config.routes import RouteSettings


@dataclass(frozen=True, slots=True)
class UnfitClass:
    """A pattern of a route that fits no class; `near` is the class that may be meant, "" where none is like it."""

    key: str
    pattern: str
    near: str

    @property
    def said(self) -> str:
        """What to do about it."""
        hint = f"; did you mean {self.near}?" if self.near else ""
        return f"{self.key} fits no class of any log: {self.pattern!r}{hint}"


def unfit_classes(routes: Sequence[RouteSettings], classes: Sequence[str]) -> Iterator[UnfitClass]:
    """The patterns of routes that fit none of the classes."""
    for place, route in enumerate(routes):
        for pattern in route.class_name or ():
            if not any(fits_one((pattern,), name) for name in classes):
                near = get_close_matches(pattern, classes, n=1, cutoff=0.6)
                yield UnfitClass(f"routes.{place}.class", pattern, near[0] if near else "")
