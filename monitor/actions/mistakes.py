"""Messages of an incident that were answered wrong, a few of each confusion, to be looked at on the page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.incident import Incident
from config.monitor import MonitorSettings
from monitor.actions.material import NothingToExportError
from monitor.common.near_duplicates import evened
from monitor.common.personal import Scrubber
from monitor.log.prediction_log import PredictionLog
from monitor.log.reading.labelled import LabelledDraw, LabelledMessage

PER_LABEL: Final = 300
"""Labelled messages that are read of each class at most, drawn by lot."""

CONFUSIONS: Final = 5  # at most
EACH: Final = 4
LONGEST: Final = 500  # characters of a message


@dataclass(frozen=True, slots=True)
class Mistaken:
    """Messages of class `label` that were answered `predicted`: `n` of those that were read, and a few to look at."""

    label: str
    predicted: str
    n: int
    texts: tuple[str, ...]


def mistakes(
    log: PredictionLog, settings: MonitorSettings, incident: Incident, as_of: datetime
) -> tuple[Mistaken, ...]:
    """The commonest confusions of the incident's time, those of alarming classes first, without personal data.

    Raises NothingToExportError, ScrubberMissingError, MappingError and SourceError.
    """
    source = settings.source
    if source.labels is None or source.predictions.columns.text is None:
        raise NothingToExportError("there are no labelled messages: map source.labels and predictions.columns.text")
    draw = LabelledDraw(incident.onset, incident.resolved_at or as_of, as_of, PER_LABEL)
    found = defaultdict[tuple[str, str], list[LabelledMessage]](list)
    for row in log.labelled(draw):
        if row.label != row.predicted:
            found[row.label, row.predicted].append(row)
    if not found:
        raise NothingToExportError("no labelled message of its time was answered wrong")
    alarming = {each.subject for each in incident.findings}
    scrub = Scrubber(settings.personal_data.patterns, settings.personal_data.phone_region)
    order = sorted(found, key=lambda pair: (alarming.isdisjoint(pair), -len(found[pair]), pair))
    return tuple(Mistaken(*pair, len(found[pair]), _texts(found[pair], scrub)) for pair in order[:CONFUSIONS])


def _texts(rows: Sequence[LabelledMessage], scrub: Scrubber) -> tuple[str, ...]:
    """The newest different ones of those that were drawn.

    Personal data is taken out before a long one is cut, which could hide a part of it.
    """
    different: dict[str, str] = {}
    for row in reversed(rows):
        text = scrub(row.text).text
        different.setdefault(evened(text), text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
        if len(different) == EACH:
            break
    return tuple(different.values())
