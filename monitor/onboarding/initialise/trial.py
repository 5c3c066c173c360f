"""A proposal tried on the whole log: what `validate` finds, and a few joined rows to compare with what one knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from monitor.common.errors import MappingError, SourceError
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.problems import ProblemKind
from monitor.log.reading.labelled import LabelledDraw, LabelledMessage
from monitor.log.reading.surveying import Survey
from monitor.onboarding.initialise.place import labelled_rows, mapped_columns
from monitor.onboarding.initialise.presets import completed, section_of
from monitor.onboarding.initialise.roles import Chosen
from monitor.onboarding.validate import Hint, judge

EXAMPLES: Final = 5
WRONG: Final = 3
"""Of the examples, so many at most whose label is another class than was predicted."""

DRAWN: Final = 30  # of each label, among which some are wrong unless hardly any is

_MONITOR: Final = "chatbot"
_BUCKET: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trial:
    """What the whole log says; `survey` is None where it was not read. `classes` counts labels, else predictions."""

    survey: Survey | None
    failures: tuple[Hint, ...] = ()
    examples: tuple[LabelledMessage, ...] = ()

    @property
    def share_found(self) -> float | None:
        """Share of the label rows that are of a prediction, None without any."""
        if self.survey is None or not self.survey.label_rows:
            return None
        orphans = sum(each.n for each in self.survey.problems if each.kind == ProblemKind.ORPHAN_LABEL)
        return max(0.0, 1 - orphans / self.survey.label_rows)

    @property
    def classes(self) -> dict[str, int]:
        """How many labels name each class, or how many predictions where there are none; most first."""
        found = self.survey.classes if self.survey else ()
        by_label = {each.name: each.labelled for each in found if each.labelled}
        counts = by_label or {each.name: each.predicted for each in found if each.predicted}
        return dict(sorted(counts.items(), key=lambda each: (-each[1], each[0])))


NOT_TRIED: Final = Trial(None)


def try_out(url: str, roles: Mapping[str, Chosen], now: datetime) -> Trial:
    """Read the log as the proposal has it, as known at `now`; an error of the log is a failure too."""
    source = {"url": url, **{role: _section(role, chosen, roles) for role, chosen in roles.items()}}
    try:
        settings = completed(source)
        log = open_log(settings.source, bucket=_BUCKET, segments=(), key=f"monitors.{_MONITOR}.source")
        try:
            survey = log.survey(now)
            return Trial(survey, judge(_MONITOR, settings, survey, now).failures, _examples(log, survey, now))
        finally:
            log.close()
    except ValueError as error:  # the settings cannot be so, such as a file that is no longer there
        return Trial(None, (Hint("source", str(error)),))
    except (SourceError, MappingError) as error:
        key = error.key.split(".", 2)[-1] if isinstance(error, MappingError) else "source"
        return Trial(None, (Hint(key, str(error)),))


def _section(role: str, chosen: Chosen, roles: Mapping[str, Chosen]) -> dict[str, Any]:
    columns = {"columns": mapped_columns(chosen.mapping)} if chosen.mapping.columns else {}
    if chosen.preset is not None:
        return section_of(chosen) | columns
    if query := labelled_rows(role, chosen, roles):
        return {"query": query, **columns}
    if chosen.relation.table:
        return {"table": chosen.relation.table, **columns}
    return {"files": list(chosen.relation.files), **columns}


def _examples(log: PredictionLog, survey: Survey, now: datetime) -> tuple[LabelledMessage, ...]:
    """Labelled predictions in the order of time: some were wrong, the others right, of as many labels as can be."""
    if not survey.labelled or survey.first_at is None:
        return ()
    draw = LabelledDraw(survey.first_at, now, now, per_label=DRAWN, with_text=False)
    drawn = sorted(log.labelled(draw), key=lambda each: (each.labels, each.id))
    wrong = _spread([each for each in drawn if each.label != each.predicted])[:WRONG]
    right = _spread([each for each in drawn if each.label == each.predicted])[: EXAMPLES - len(wrong)]
    return tuple(sorted((*wrong, *right), key=lambda each: each.at))


def _spread(found: list[LabelledMessage]) -> list[LabelledMessage]:
    """One of each label first, then the second of each."""
    seen: dict[str, int] = {}
    ranked = []
    for each in found:
        seen[each.label] = seen.get(each.label, 0) + 1
        ranked.append((seen[each.label], each.label, each.id, each))
    return [each for *_, each in sorted(ranked, key=lambda rank: rank[:3])]
