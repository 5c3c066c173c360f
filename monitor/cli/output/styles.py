"""How a verdict looks in a terminal."""

from collections.abc import Mapping
from typing import Final

from checks.rules.finding import Verdict

STYLES: Final[Mapping[Verdict, str]] = {
    Verdict.OK: "green",
    Verdict.WARNING: "bold yellow",
    Verdict.CRITICAL: "bold red",
    Verdict.NOT_ENOUGH_DATA: "dim",
}
