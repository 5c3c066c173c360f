"""The labels of one monitor: how many, how late, how often corrected, and which to ask for next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

from alerts.messages.figures import lasting, measured, percent, points
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.label_queue.allocation import Allocation, Share, Stratum, allocate
from checks.statistics.intervals import Proportion
from monitor.common.json_lines import iso
from monitor.common.spreadsheet_cells import to_csv
from monitor.history.history import History
from monitor.history.queries.charted import NewestFigures
from monitor.history.queries.labelled import DelaysOf, LabelledClass, LabelledDay, LabelsOf
from monitor.web.page.asked import Asked
from monitor.web.page.charts import Chart, ChartRequest, Mark, Series, TimeAxis, chart
from monitor.web.page.marks import marks_of
from monitor.web.page.plotting import Point
from monitor.web.page.watched import Watched

DELAYS_OF: Final = timedelta(days=60)
"""Predictions whose label delays are shown: those of a year take seconds to add up."""
SHARES: Final = (0.5, 0.9)
HOURS: Final = (1.0, 2.0, 6.0, 12.0, 24.0, 48.0, 120.0, 240.0)
"""Between two ticks of delays: parts of days, and days."""
MOST_TOLD: Final = 4
"""Classes of which it is said what labels would tell: those that gain most."""
MOST_STRATA: Final = 12
"""Strata that are told one by one, those with the most labels; the others share a line."""
WINDOW: Final = timedelta(days=7)
"""What the queue is drawn from where no figure tells the window."""


@dataclass(frozen=True, slots=True)
class OfClass:
    """A predicted class in words."""

    name: str
    n: str
    n_labelled: str
    share: str
    half: str
    most: str


@dataclass(frozen=True, slots=True)
class ByLabeller:
    """Who gave labels, in words."""

    name: str
    numbers: tuple[str, ...]
    agreement: str
    stands: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stratum in the queue."""

    name: str
    numbers: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Queue:
    """How a budget of labels is best spent, and what they would tell; `strata` is empty where all is labelled."""

    budget: int
    strata: tuple[Wanted, ...]
    tells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Labels:
    """All of it, ready to be shown; the `queue` is made for each budget."""

    span: TimeAxis
    charts: tuple[Chart, ...]
    marks: tuple[Mark, ...]
    corrected: str
    classes: tuple[OfClass, ...]
    labellers: tuple[ByLabeller, ...]


Delays = Mapping[datetime, DelaysOf]


def labels(history: History, watched: Watched, newest: NewestFigures, wanted: Asked) -> Labels:
    """Ask the history for all but the queue. Raises HistoryError."""
    span = TimeAxis(newest.as_of - wanted.length, newest.as_of)
    days = history.labelled.days(watched.name, span.since, span.until)
    since = max(span.since, span.until - DELAYS_OF)
    by_day, by_class = history.labelled.delays(watched.name, since, span.until, SHARES)
    marks = tuple(marks_of(history, watched.name, span))
    found = history.labelled.classes(watched.name, span.since, span.until)
    file = wanted.link(f"/monitors/{quote(watched.name)}/labels.csv")
    return Labels(
        span=span,
        charts=tuple(chart(request, span, marks) for request in _requests(days, by_day, file)),
        marks=marks,
        corrected=_corrected(days),
        classes=tuple(_class(each, by_class.get(each.name)) for each in found),
        labellers=tuple(map(_labeller, history.labelled.labellers(watched.name, span.since, span.until))),
    )


def _requests(days: Sequence[LabelledDay], delays: Delays, file: str) -> Iterator[ChartRequest]:
    coverage = tuple(Point(each.at, each.n_labelled / each.n if each.n else None) for each in days)
    yield ChartRequest(
        "Labelled by now, by day of the predictions", (Series("labelled", coverage),), percent, is_share=True, file=file
    )
    series = tuple(
        Series(name, tuple(Point(at, found.hours[place]) for at, found in sorted(delays.items())))
        for place, name in enumerate(("half within", "nine in ten within"))
    )
    yield ChartRequest("Label delay, by day of the predictions", series, _hours, is_share=False, file=file, steps=HOURS)
    corrected = tuple(_share(each.at, each.n_corrected, each.n_labelled) for each in days)
    title = "Labels that named another class at first"
    yield ChartRequest(title, (Series("corrected", corrected),), percent, is_share=True, file=file)


def _share(at: datetime, k: int, n: int) -> Point:
    return Point(at, k / n, *Proportion(k / n, n, n).interval()) if n else Point(at, None)


def _hours(hours: float) -> str:
    return lasting(timedelta(hours=round(hours, 1)))


def _corrected(days: Sequence[LabelledDay]) -> str:
    n, k = (sum(getattr(each, name) for each in days) for name in ("n_labelled", "n_corrected"))
    if not n:
        return "No label has come for the predictions of this span."
    return f"Of {n:,} labels of this span, {k:,} ({percent(k / n)}) named another class at first; the newest counts."


def _class(one: LabelledClass, delays: DelaysOf | None) -> OfClass:
    half, most = ("–", "–") if delays is None else map(_hours, delays.hours)
    share = percent(one.n_labelled / one.n) if one.n else "–"
    return OfClass(one.name, f"{one.n:,}", f"{one.n_labelled:,}", share, half, most)


def _labeller(one: LabelsOf) -> ByLabeller:
    numbers = tuple(f"{n:,}" for n in (one.n, one.n_shared, one.n_corrected, one.n_overruled))
    agreement, stands = (_of(k, one.n_shared) for k in (one.n_agreed, one.n_shared - one.n_overruled))
    return ByLabeller(one.name or "(not logged)", numbers, agreement, stands)


def _of(k: int, n: int) -> str:
    return measured(Proportion(k / n, n, n)) if n else "–"


def queue(history: History, watched: Watched, newest: NewestFigures, budget: int) -> Queue:
    """Split a budget over what is not labelled of the window, by the method of `tunewatch label-queue`."""
    accuracy = newest.of("accuracy")
    start = newest.as_of - WINDOW if accuracy is None else accuracy.window_start
    cells = history.labelled.cells(watched.name, start, newest.as_of)
    unlabelled: dict[Stratum, int] = {}
    for cell in cells:
        if cell.label is None:
            key = Stratum(cell.predicted, cell.band)
            unlabelled[key] = unlabelled.get(key, 0) + cell.n
    classes = _classes(watched, cells)
    if not unlabelled or not classes:
        return Queue(budget, (), ())
    allocation = allocate(cells, unlabelled, classes, budget)
    chosen = dict(zip(allocation.shares, allocation.rounded(0.5), strict=True))
    ranked = sorted(allocation.shares, key=lambda share: -chosen[share])
    told, others = ranked[:MOST_STRATA], ranked[MOST_STRATA:]
    strata = [Wanted(str(each.stratum), _numbers([each], chosen), _why(each)) for each in told]
    if others:
        strata.append(Wanted(f"{len(others)} others", _numbers(others, chosen), ""))
    return Queue(budget, tuple(strata), tuple(_tells(allocation)))


def _tells(allocation: Allocation) -> Iterator[str]:
    """By how much the intervals of recall would narrow, of the classes that gain most."""
    width = {name: (_width(before), _width(allocation.after[name])) for name, before in allocation.before.items()}
    ranked = sorted(width.items(), key=lambda item: item[1][1] - item[1][0])
    for name, (now, then) in ranked[:MOST_TOLD]:
        known = "is not known" if allocation.before[name] is None else f"has a 95% interval of {points(now)}"
        yield f"Recall of {name} {known} now; with these labels it would be of about {points(then)}."


def _width(recall: Proportion | None) -> float:
    low, high = (0.0, 1.0) if recall is None else recall.interval()
    return high - low


def _classes(watched: Watched, cells: Sequence[OutcomeCell]) -> tuple[str, ...]:
    """Those with a recall floor; the critical ones; else every class, as the command has it."""
    seen = {cell.predicted for cell in cells} | {cell.label for cell in cells if cell.label is not None}
    return tuple(watched.recall_floors or watched.critical or sorted(seen - {NO_CLASS}))


def _numbers(shares: Sequence[Share], chosen: Mapping[Share, int]) -> tuple[str, ...]:
    counts = [sum(getattr(each, name) for each in shares) for name in ("size", "labelled", "unlabelled")]
    return tuple(f"{n:,}" for n in (*counts, sum(chosen[each] for each in shares)))


def _why(share: Share) -> str:
    if share.about is None:
        return "part of the uniform share"
    is_own = share.stratum.predicted == share.about
    return f"says how many {share.about} are caught" if is_own else f"may be a missed {share.about}"


_COLUMNS: Final = ("day", "monitor", "n", "n_labelled", "n_corrected", "delay_p50_hours", "delay_p90_hours")


def labels_csv(history: History, monitor: str, since: datetime, until: datetime) -> str:
    """A line for each day of predictions, oldest first."""
    delays, _ = history.labelled.delays(monitor, max(since, until - DELAYS_OF), until, SHARES)
    rows = []
    for each in history.labelled.days(monitor, since, until):
        found = delays.get(each.at)
        hours = ("", "") if found is None else tuple(f"{hours:.4g}" for hours in found.hours)
        values = (iso(each.at), monitor, each.n, each.n_labelled, each.n_corrected, *hours)
        rows.append(dict(zip(_COLUMNS, values, strict=True)))
    return to_csv(_COLUMNS, rows)
