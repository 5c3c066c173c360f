"""The part of a study that looks for drift."""

from dataclasses import replace

from checks.shift import ColumnShift
from checks.study import Study
from monitor.study.drift.calendar import Calendar
from monitor.study.drift.columns import Values, columns_of, values_of
from monitor.study.drift.compare import shift_of
from monitor.study.drift.peer import peer_score
from monitor.study.samples import Samples


def drift(samples: Samples, study: Study) -> Study:
    """Compare every column, now against the reference."""
    calendar = Calendar.of(samples)
    values = [values_of(samples, column) for column in columns_of(samples)]
    return replace(study, columns=tuple(_shift(each, calendar, examples=samples.examples) for each in values))


def _shift(values: Values, calendar: Calendar, *, examples: bool) -> ColumnShift:
    shift = shift_of(values, calendar, examples=examples)
    return replace(shift, peer=peer_score(values)) if shift.scales else shift
