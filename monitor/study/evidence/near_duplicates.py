"""The part of a study that compares how messages that say the same are answered and labelled."""

from dataclasses import replace
from typing import Final

from checks.counts.studied.duplicates import Duplicates
from checks.counts.study import Study
from monitor.common.near_duplicates import evened, grams, similar_pairs
from monitor.log.sampled import Samples, StudyRow

MOST_ROWS: Final = 2_000
"""Rows that are compared, the newest ones."""

LEAST_WORDS: Final = 3
"""Words under which a message says too little: "hello" may mean anything."""


def near_duplicates(samples: Samples, study: Study) -> Study:
    """Count pairs of neighbours that got different answers of one pair of versions, or different labels."""
    rows = [row for row in (*samples.reference, *samples.current) if _says_enough(row)][-MOST_ROWS:]
    pairs = _neighbours(rows)
    answered = [(one, other) for one, other in pairs if _versions(one) == _versions(other)]
    labelled = [(one, other) for one, other in pairs if one.label is not None and other.label is not None]
    if not pairs:
        return study
    found = Duplicates(
        pairs=len(answered),
        apart=sum(one.predicted != other.predicted for one, other in answered),
        labelled=len(labelled),
        labelled_apart=sum(one.label != other.label for one, other in labelled),
    )
    return replace(study, duplicates=found)


def _neighbours(rows: list[StudyRow]) -> list[tuple[StudyRow, StudyRow]]:
    """Each row that has near duplicates before it, with the first of those."""
    seen: dict[int, tuple[StudyRow, StudyRow]] = {}
    for later, earlier in similar_pairs([grams(evened(row.text or "")) for row in rows]):
        seen.setdefault(later, (rows[earlier], rows[later]))
    return list(seen.values())


def _says_enough(row: StudyRow) -> bool:
    return row.text is not None and len(row.text.split()) >= LEAST_WORDS


def _versions(row: StudyRow) -> tuple[str, str]:
    return row.model_version, row.prompt_version
