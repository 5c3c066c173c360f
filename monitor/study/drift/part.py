"""The part of a study that looks for drift."""

from dataclasses import replace
from importlib.util import find_spec
from typing import Final

from checks.counts.shift import ColumnShift, PeerScore
from checks.counts.study import Study
from monitor.log.sampled import Samples
from monitor.study.drift.calendar import Calendar
from monitor.study.drift.columns import Values, columns_of, values_of
from monitor.study.drift.compare import shift_of

SUSPICIOUS: Final = 0.05
"""P-value from which on Evidently is asked for its opinion of a column."""


def drift(samples: Samples, study: Study) -> Study:
    """Compare every column, now against the reference."""
    calendar = Calendar.of(samples)
    values = [values_of(samples, column) for column in columns_of(samples)]
    return replace(study, columns=tuple(_shift(each, calendar, examples=samples.examples) for each in values))


def _shift(values: Values, calendar: Calendar, *, examples: bool) -> ColumnShift:
    shift = shift_of(values, calendar, examples=examples)
    if all(scale.contrast.p_value > SUSPICIOUS for scale in shift.scales):
        return shift
    return replace(shift, peer=_second_opinion(values))


def _second_opinion(values: Values) -> PeerScore | None:
    if find_spec("evidently") is None:  # as in the slim image; `config` knows it too, and takes a second to import
        return None
    from monitor.study.drift.peer import peer_score  # noqa: PLC0415 - 5 s and 150 MB, which healthy days do without

    return peer_score(values)
