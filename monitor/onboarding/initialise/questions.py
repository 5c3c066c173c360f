"""What a person at a terminal is asked: about columns that were not found, or are in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.onboarding.initialise.proposal import Proposal
from monitor.onboarding.initialise.values import Column

MEANINGS: Final = {
    ("predictions", "id"): "the id of the prediction",
    ("predictions", "at"): "the time of the prediction",
    ("predictions", "predicted"): "the class that the bot chose",
    ("predictions", "latency_ms"): "how long the answer took, in milliseconds",
    ("predictions", "confidence"): "how sure the bot was, 0 to 1",
    ("labels", "id"): "the id of the prediction that is labelled",
    ("labels", "label"): "the true class",
    ("labels", "at"): "the time of the label",
}
"""What each column that may be asked for is."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which of the `columns` of a relation has a meaning; `default` is the one that was guessed, "" for none."""

    role: str
    meaning: str
    reason: str
    sentence: str
    columns: tuple[Column, ...]
    default: str

    def answer(self, said: str) -> str | None:
        """The column that an answer names, by its number or its name; "" for none, None where there is no such one."""
        said = said.strip()
        if said in ("", "-"):
            return ""
        if said.isdigit() and 1 <= int(said) <= len(self.columns):
            return self.columns[int(said) - 1].name
        return next((column.name for column in self.columns if column.name == said), None)


def questions(proposal: Proposal) -> Iterator[Question]:
    """A question for each column to check that a person can name."""
    for check in proposal.to_check:
        chosen = proposal.roles.get(check.role)
        if chosen is None or (check.role, check.meaning) not in MEANINGS:
            continue
        yield Question(
            role=check.role,
            meaning=check.meaning,
            reason=check.sentence,
            sentence=f"Which column of {chosen.relation.name} is {MEANINGS[check.role, check.meaning]}?",
            columns=chosen.relation.columns,
            default=chosen.mapping.columns.get(check.meaning, ""),
        )
