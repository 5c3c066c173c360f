"""What is wrong with a configuration, said so that it can be put right."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right: the key at fault ("" for the file as a whole), why, and where it was set.

    `where` is `file:line`, the name of an environment variable or the path of a secret file.
    """

    key: str
    message: str
    where: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, f"{self.key} {self.message}".strip()) if part)


class ConfigError(Exception):
    """The configuration cannot be used; carries all that is wrong with it. The command exits with 2."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class ImpossibleError(ValueError):
    """Values that are each fine but cannot be together: pairs of the key, below the section at hand, and why."""

    def __init__(self, *faults: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{key} {message}" for key, message in faults))
        self.faults = faults

    @classmethod
    def raise_for(cls, faults: Sequence[tuple[str, str]]) -> None:
        """Raise if there are any."""
        if faults:
            raise cls(*faults)
