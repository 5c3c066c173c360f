"""Latency quantiles against limits in milliseconds and against the reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.windows import Window
from checks.estimates.cycle_data import Measured
from checks.estimates.quantiles import Histogram, ratio
from checks.rules.affected import per_day
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import CLEAR_TAIL, clearest_break
from checks.rules.recent_hours import ShortSpell, short_spells
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion

QUANTILES = (("p50", 0.50), ("p95", 0.95), ("p99", 0.99))

MIN_ANSWERS = 100
"""Answers under which a p95 rests on fewer than five of them."""

MIN_SHORT = 20
"""Answers of a short spell: enough to see that most of them are slow."""

SHORT_SHARE = 0.5
"""Part of the budget for short spells, evenly over their lengths; the windows have the rest."""


@dataclass(frozen=True, slots=True)
class Ceiling:
    """No more than a share 1 - `q` of the answers may be slower than `ms`.

    An alarm needs that more than 1 - q are slower than `sure_ms` beyond doubt, and that no more than 1 - q being slower
    than `ms` is not likely. Against a limit both are the same. Against the reference `sure_ms` is what was: that
    answers got slower must be sure, and not that they did by more than is tolerated.
    """

    q: float
    ms: float
    sure_ms: float
    verdict: Verdict
    cause: Cause

    def broken(self, sight: "_Sight") -> bool:
        """Whether answers are surely slower than they should be, and too slow for all that is known."""
        surely = sight.spread.slower_than(self.sure_ms).lower(sight.tail) > 1 - self.q
        return surely and not self.kept(sight)

    def kept(self, sight: "_Sight") -> bool:
        """Whether the window shows the ceiling kept, with the doubt that recovery is allowed."""
        return sight.spread.slower_than(self.ms).upper(CLEAR_TAIL) <= 1 - self.q

    def doubted(self, sight: "_Sight") -> bool:
        """Whether the window speaks against it, with the same doubt."""
        return sight.spread.slower_than(self.ms).lower(CLEAR_TAIL) > 1 - self.q

    def doubt(self, sight: "_Sight") -> float:
        """The faster the answers, the less they break it."""
        return -sight.histogram.quantile(self.q)


class _Slower(Protocol):
    """What knows how many answers are slower than a limit."""

    def slower_than(self, ms: float) -> Proportion:
        """Share of them, and how well it is known."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """A window or a short spell, and the level at which it alarms."""

    window: Window
    histogram: Histogram
    spread: _Slower
    tail: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Quantiles of latency, each against its limit and the reference.

    `limits_ms` are (quantile name, ms); a quantile without one is only compared with the reference. `max_ratio` is the
    slow-down against the reference that is tolerated, > 1. A slow-down must show from hour to hour: one slow hour is
    no regression (see `quantiles.Spread`), nor are two such as come every week (see `short_spells`).
    """

    limits_ms: tuple[tuple[str, float], ...]
    max_ratio: float
    budget: AlarmBudget
    name: str = "latency"

    @classmethod
    def of(
        cls, p50_ms: float | None, p95_ms: float | None, p99_ms: float | None, max_ratio: float, budget: AlarmBudget
    ) -> Self:
        """The check with limits in ms for the quantiles that have one, None for those that have none."""
        limits = {"p50": p50_ms, "p95": p95_ms, "p99": p99_ms}
        return cls(tuple((name, limit) for name, limit in limits.items() if limit is not None), max_ratio, budget)

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """One finding for each quantile; a single one when no latency is logged."""
        if not measured.current.latency.n and not measured.reference.latency.n:
            return [
                _unknown(self.name, "all", Cause.NOT_LOGGED, clause(FindingClause.NO_LATENCY), measured.windows.current)
            ]
        sights = self._sights(measured)
        return [self._judge(name, q, sights, measured) for name, q in QUANTILES]

    def _sights(self, measured: Measured) -> list[_Sight]:
        """The windows, then the short spells; longest first."""
        tests = len(QUANTILES) + len(self.limits_ms)
        tail = self.budget.part(1 - SHORT_SHARE).tail(measured.scales, tests)
        looks = zip(measured.looks, measured.spreads, strict=True)
        sights = [_Sight(look.window, look.latency, spread, tail) for look, spread in looks]
        sights = [sight for sight in sights if sight.histogram.n >= MIN_ANSWERS]
        if not sights:
            return []
        spells = short_spells(measured)
        return sights + [self._short(spell, len(spells) * tests) for spell in spells if spell.n >= MIN_SHORT]

    def _short(self, spell: ShortSpell, tests: int) -> _Sight:
        tail = self.budget.part(SHORT_SHARE).tail([spell.window.length], tests)
        return _Sight(spell.window, spell.histogram, spell, tail)

    def _judge(self, name: str, q: float, sights: list[_Sight], measured: Measured) -> Finding[Clauses]:
        reference = measured.reference.latency
        ceilings = self._ceilings(name, q, reference)
        if not sights or not ceilings:
            return _unknown(self.name, name, Cause.TOO_FEW, _too_few(measured, ceilings), measured.windows.current)
        for ceiling in ceilings:
            worst = clearest_break(sights, ceiling)
            if worst is not None:
                return self._finding(name, q, worst, ceiling, reference, alarm=True)
        clear = all(any(map(ceiling.kept, sights)) and not any(map(ceiling.doubted, sights)) for ceiling in ceilings)
        return self._finding(name, q, sights[0], ceilings[0], reference, alarm=False, clear=clear)

    def _ceilings(self, name: str, q: float, reference: Histogram) -> list[Ceiling]:
        limit = dict(self.limits_ms).get(name)
        ceilings = [] if limit is None else [Ceiling(q, limit, limit, Verdict.CRITICAL, Cause.ABOVE_LIMIT)]
        if reference.n >= MIN_ANSWERS:
            at_most = reference.interval(q, reference.n)[1]
            ceilings.append(
                Ceiling(q, reference.quantile(q) * self.max_ratio, at_most, Verdict.WARNING, Cause.ABOVE_REFERENCE)
            )
        return ceilings

    def _finding(  # noqa: PLR0913 - the parts of one finding
        self,
        name: str,
        q: float,
        sight: _Sight,
        ceiling: Ceiling,
        reference: Histogram,
        *,
        alarm: bool,
        clear: bool = False,
    ) -> Finding[Clauses]:
        value = sight.histogram.quantile(q)
        low, high = sight.histogram.interval(q, sight.spread.slower_than(value).effective_n)
        was = reference.quantile(q) if reference.n >= MIN_ANSWERS else None
        said = clause(FindingClause.LATENCY_IS, name=name, value=value, bounds=(low, high), n=sight.histogram.n)
        over = (clause(FindingClause.OVER_LATENCY, limit=ceiling.ms),) if alarm else ()
        then = (_times(sight, reference, q),) if was else ()
        return Finding(
            check=self.name,
            subject=name,
            verdict=ceiling.verdict if alarm else Verdict.OK,
            cause=ceiling.cause if alarm else Cause.WITHIN_LIMITS,
            message=(said, *over, *then),
            window_start=sight.window.start,
            window_end=sight.window.end,
            value=value,
            low=low,
            high=high,
            threshold=ceiling.ms,
            reference=was,
            n=sight.histogram.n,
            clear=clear,
            per_day=per_day(sight.spread.slower_than(ceiling.ms), sight.histogram.n, sight.window) if alarm else None,
        )


def _times(sight: _Sight, reference: Histogram, q: float) -> Clause:
    """What the reference's latency was, and how many times that it is now."""
    value, was = sight.histogram.quantile(q), reference.quantile(q)
    low, high = ratio(sight.histogram, reference, q, sight.spread.slower_than(value).effective_n)
    return clause(FindingClause.WAS_LATENCY, was=was, times=value / was, low=low, high=high)


def _too_few(measured: Measured, ceilings: Sequence[Ceiling]) -> Clause:
    if ceilings:
        return clause(FindingClause.FEW_LATENCIES, n=measured.current.latency.n)
    return clause(FindingClause.NO_LATENCY_LIMIT)


def _unknown(check: str, subject: str, cause: Cause, why: Clause, window: Window) -> Finding[Clauses]:
    return Finding(check, subject, Verdict.NOT_ENOUGH_DATA, cause, (why,), window.start, window.end)
