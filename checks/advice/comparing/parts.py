"""Counts of one pair of versions, whole and cut in time."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Generic, TypeVar, overload

from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clause, clause
from checks.counts.cells import NOT_LOGGED, LatencyCell, OutcomeCell
from checks.counts.outcomes import Outcomes, less, together
from checks.counts.scores import NO_SCORES, Scores
from checks.counts.windows import VersionRun, Window, Windows

Whole = TypeVar("Whole")

LIVE_SHARE = 0.02
"""Share of the newest window's predictions under which a pair of versions no longer counts as answering users."""


@dataclass(frozen=True, slots=True)
class Part:
    """Counts that a metric can be measured on."""

    outcomes: Sequence[OutcomeCell] = ()
    latency: Sequence[LatencyCell] = ()
    scores: Scores = NO_SCORES


def whole(run: VersionRun) -> Part:
    """All data of a pair of versions."""
    return Part(run.outcomes, run.latency, run.scores)


def split(run: VersionRun, window: Window) -> tuple[Part, Part]:
    """A pair of versions' data before a window that ends now, and within it.

    One advice asks for the same two parts for each metric and signal: they are kept until `forget_splits`.
    """
    return _split(_Same(run), _Same(window))


def forget_splits() -> None:
    """Let go of the parts that were split: of many classes they are megabytes."""
    _split.cache_clear()


def live(windows: Windows) -> tuple[VersionRun, ...]:
    """The pairs of versions that answer users now, newest first."""
    newest = min((windows.current, *windows.recent), key=lambda window: window.length)
    shares = _shares(newest.outcomes) or _shares(windows.current.outcomes)
    here = [run for run in windows.versions if shares.get(_pair(run), 0.0) >= LIVE_SHARE]
    return tuple(sorted(here, key=lambda run: (run.first_seen, *_pair(run)), reverse=True))


def named(run: VersionRun) -> Clause:
    """The name of a pair of versions."""
    prompt = clause(SignalClause.UNLOGGED_PROMPT) if run.prompt_version == NOT_LOGGED else prompt_of(run)
    model = clause(SignalClause.UNLOGGED_MODEL) if run.model_version == NOT_LOGGED else model_of(run)
    return clause(SignalClause.VERSIONS, prompt=prompt, model=model)


def prompt_of(run: VersionRun) -> Clause:
    """The name of its prompt."""
    return clause(SignalClause.PROMPT, name=run.prompt_version)


def model_of(run: VersionRun) -> Clause:
    """The name of its model."""
    return clause(SignalClause.MODEL, name=run.model_version)


def _pair(of: VersionRun | OutcomeCell | LatencyCell) -> tuple[str, str]:
    return of.model_version, of.prompt_version


def _shares(cells: Iterable[OutcomeCell]) -> dict[tuple[str, str], float]:
    counts: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        counts[_pair(cell)] += cell.n
    return {pair: n / counts.total() for pair, n in counts.items()}


@dataclass(frozen=True, eq=False, slots=True)
class _Same(Generic[Whole]):
    """Something that is like itself alone: to compare all its cells would take longer than to split them."""

    it: Whole

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.it is other.it

    def __hash__(self) -> int:
        return id(self.it)


class _Later(Sequence[LatencyCell]):
    """Latencies that are looked for when the first is asked for: few metrics ask, and there are hundreds of bins."""

    def __init__(self, find: Callable[[], tuple[LatencyCell, ...]]) -> None:
        self._find = find

    def __len__(self) -> int:
        return len(self._cells)

    @overload
    def __getitem__(self, index: int) -> LatencyCell: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[LatencyCell, ...]: ...
    def __getitem__(self, index: int | slice) -> LatencyCell | tuple[LatencyCell, ...]:
        return self._cells[index]

    @cached_property
    def _cells(self) -> tuple[LatencyCell, ...]:
        return self._find()


@lru_cache(maxsize=128)  # versions by windows, of which an advice has some ten times ten
def _split(of_run: _Same[VersionRun], of_window: _Same[Window]) -> tuple[Part, Part]:
    run, window = of_run.it, of_window.it
    late = Part(
        _columns(window.outcomes).of_version(*_pair(run)),
        _Later(lambda: tuple(cell for cell in window.latency if _pair(cell) == _pair(run))),
        run.scores.since(window.start),
    )
    # What the window holds beyond the lookback leaves nothing, never a negative count.
    outcomes = less(_columns(run.outcomes), late.outcomes)
    latency = _Later(lambda: _without_bins(run, late.latency))
    return Part(outcomes, latency, run.scores.before(window.start)), late


def _columns(cells: Sequence[OutcomeCell]) -> Outcomes:
    """The cells, each kind once."""
    return cells if isinstance(cells, Outcomes) else together([Outcomes.of(cells)])


def _without_bins(run: VersionRun, taken: Iterable[LatencyCell]) -> tuple[LatencyCell, ...]:
    counts: Counter[int] = Counter()
    for sign, some in ((1, run.latency), (-1, taken)):
        for cell in some:
            counts[cell.bin] += sign * cell.n
    return tuple(LatencyCell(bin, n, *_pair(run)) for bin, n in sorted(counts.items()) if n > 0)
