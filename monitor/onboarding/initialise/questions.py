"""What a person at a terminal is asked: about columns that were not found, or are in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.onboarding.initialise.guess import UNIT
from monitor.onboarding.initialise.presets import WHERE
from monitor.onboarding.initialise.proposal import Proposal

MEANINGS: Final = {
    ("predictions", "id"): "the id of the prediction",
    ("predictions", "at"): "the time of the prediction",
    ("predictions", "predicted"): "the class that the bot chose",
    ("predictions", "latency_ms"): "how long the answer took",
    ("predictions", "confidence"): "how sure the bot was",
    ("labels", "id"): "the id of the prediction that is labelled",
    ("labels", "label"): "the true class",
    ("labels", "at"): "the time of the label",
}
"""What each column that may be asked for is."""

UNITS: Final = {
    "latency_ms": (("s", "seconds"), ("ms", "milliseconds"), ("us", "microseconds"), ("ns", "nanoseconds")),
    "confidence": (("share", "from 0 to 1"), ("percent", "from 0 to 100")),
}

NONE: Final = "-"
"""The answer that no column is it."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which of the `options` (with an example each) has a meaning; `default` is the one that was guessed, or ""."""

    role: str
    meaning: str
    reason: str
    sentence: str
    options: tuple[tuple[str, str], ...]
    default: str

    @property
    def about(self) -> tuple[str, str]:
        """The role and the meaning, whether its column or its unit is asked for: nobody is asked twice."""
        return self.role, self.meaning.removesuffix(UNIT)

    def answer(self, said: str) -> str | None:
        """The option that an answer names, by its number or its name; "" for none, None where there is no such one."""
        said = said.strip()
        if said in ("", NONE):
            return "" if not self.meaning.endswith(UNIT) else None
        if said.isdigit() and 1 <= int(said) <= len(self.options):
            return self.options[int(said) - 1][0]
        return next((name for name, _ in self.options if name == said), None)


def questions(proposal: Proposal) -> Iterator[Question]:
    """A question for each column to check that a person can name, and for each unit that its values alone tell."""
    for check in proposal.to_check:
        chosen = proposal.roles.get(check.role)
        if chosen is not None and check.meaning.startswith(WHERE):
            name = check.meaning.removeprefix(WHERE)
            options = tuple((value, f"{n:,} rows") for value, n in chosen.names.items())
            sentence = f"Which {name} of {chosen.relation.name} is it? Number or name"
            yield Question(check.role, check.meaning, check.sentence, sentence, options, chosen.where.get(name, ""))
        if chosen is None or (check.role, check.meaning) not in MEANINGS:
            continue
        column = chosen.mapping.columns.get(check.meaning, "")
        if unit := chosen.mapping.units.get(check.meaning, ""):
            meaning, sentence = f"{check.meaning}{UNIT}", f"In which unit is {column}? Number or name"
            options = UNITS[check.meaning]
        else:
            meaning = check.meaning
            what = MEANINGS[check.role, meaning]
            sentence = f"Which column of {chosen.relation.name} is {what}? Number or name, {NONE} for none"
            options = tuple((each.name, f"such as {each.example}") for each in chosen.relation.columns)
        yield Question(check.role, meaning, check.sentence, sentence, options, unit or column)
