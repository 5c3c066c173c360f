"""Relevance of the answers, as people or judges scored them, against limits and against the reference."""

from collections.abc import Sequence
from dataclasses import dataclass

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.cells import NOT_LOGGED
from checks.counts.scores import Scores
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import CLEAR_TAIL, Drop, Floor, Judgement, Limit, Sight, judge
from checks.rules.shares import MIN_LABELS
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.intervals import Proportion, difference

MIN_SCORES = 30
"""Scored answers under which a mean is not judged: its interval then rests on too few."""

OVERALL_SHARE = 0.5
"""Part of the budget for all answers together; the rest is shared out over the predicted classes."""

EVERYTHING = "all"
LOW_SHARE = "low_share"


@dataclass(frozen=True, slots=True)
class _Subject:
    """A figure of the scores of one source: their mean (of all answers or of a predicted class), or what is not low."""

    name: str
    source: str

    @property
    def is_low_share(self) -> bool:
        """Whether it is the share that is not low rather than the mean."""
        return self.name == LOW_SHARE

    @property
    def is_overall(self) -> bool:
        """Whether it is of all answers together."""
        return self.name in (EVERYTHING, LOW_SHARE)

    def of(self, scores: Scores) -> Scores:
        """The scores of the source."""
        everywhere = scores.where(source=self.source)
        return everywhere if self.is_overall else everywhere.where(predicted=self.name)

    def share(self, scores: Scores, day_effect: float) -> Proportion | None:
        """The figure as a share; None where there are too few scores."""
        share = scores.well(day_effect) if self.is_low_share else scores.mean(day_effect)
        return share if share is not None and share.n >= MIN_SCORES else None


class _ScoredLook(WeightedWindow):
    """A look at scores, which come with their answers: it has not to wait for labels."""

    @property
    def provisional(self) -> bool:
        """Never."""
        return False


@dataclass(frozen=True, slots=True)
class Relevance:
    """Mean relevance and the share of low scores, for each source of scores by itself.

    A judge that was changed looks like a bot that changed, so a source is only ever compared with itself. `min_mean`
    and `max_low_share` are limits in [0, 1] for all answers together (None: no limit), `max_drop` is the fall of the
    mean against the reference that is tolerated, over all answers and in each predicted class. Hours and days that are
    bad together count as one piece of evidence (see `checks.counts.scores`).
    """

    min_mean: float | None
    max_low_share: float | None
    max_drop: float
    budget: AlarmBudget
    name: str = "relevance"

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """For each source a finding on all answers, one on low scores where they have a limit, and one a class."""
        now, then = measured.windows.current.scores, measured.windows.reference.scores
        if not now.scored:
            gone = Cause.TOO_FEW if then.scored else Cause.NOT_LOGGED
            return [self._unknown(measured, "", gone, clause(FindingClause.NO_SCORES))]
        overall = self.budget.part(OVERALL_SHARE).tail(measured.scales, len(now.sources) * self._limits_each)
        subjects = [subject for source in now.sources for subject in self._overall(source)]
        classes = [subject for source in now.sources for subject in _classes(source, now, then)]
        by_class = self.budget.part(1 - OVERALL_SHARE).tail(measured.scales, len(classes))
        return [
            *(self._judge(subject, overall, measured) for subject in subjects),
            *(self._judge(subject, by_class, measured) for subject in classes),
        ]

    @property
    def _limits_each(self) -> int:
        return 1 + (self.min_mean is not None) + (self.max_low_share is not None)

    def _overall(self, source: str) -> list[_Subject]:
        names = [EVERYTHING] if self.max_low_share is None else [EVERYTHING, LOW_SHARE]
        return [_Subject(name, source) for name in names]

    def _judge(self, subject: _Subject, tail: float, measured: Measured) -> Finding[Clauses]:
        before = subject.of(measured.windows.reference.scores)
        effect = before.day_effect_well if subject.is_low_share else before.day_effect
        reference = subject.share(before, effect)
        sights = _sights(subject, effect, measured)
        limits = self._limits(subject, reference, tail)
        if not sights or not limits:
            return self._not_judged(subject, before, measured)
        judgement = judge(sights, limits)
        return self._finding(subject, judgement, (judgement.broken or limits[0]).threshold, reference, measured)

    def _limits(self, subject: _Subject, reference: Proportion | None, tail: float) -> list[Limit]:
        if subject.is_low_share:
            assert self.max_low_share is not None  # noqa: S101 - _overall has looked
            return [Floor(1 - self.max_low_share, Verdict.CRITICAL, tail, cause=Cause.ABOVE_LIMIT)]
        limits: list[Limit] = []
        if self.min_mean is not None and subject.name == EVERYTHING:
            limits.append(Floor(self.min_mean, Verdict.CRITICAL, tail))
        if reference is not None:
            limits.append(Drop(reference, self.max_drop, Verdict.WARNING, tail))
        return limits

    def _finding(
        self,
        subject: _Subject,
        judgement: Judgement,
        threshold: float,
        reference: Proportion | None,
        measured: Measured,
    ) -> Finding[Clauses]:
        share, window, broken = judgement.sight.share, judgement.sight.look.window, judgement.broken
        value, (low, high) = share.value, share.interval()
        was = None if reference is None else reference.value
        message = _message(subject, share, was)
        if broken is not None:
            message += _limit(subject, threshold) if broken.cause is not Cause.BELOW_REFERENCE else ()
            message += _while_accuracy_holds(measured, self.max_drop) if subject.is_overall else ()
        if subject.is_low_share:
            value, low, high, threshold = 1 - value, 1 - high, 1 - low, 1 - threshold
            was = None if was is None else 1 - was
        return Finding(
            check=self.name,
            subject=subject.name,
            verdict=broken.verdict if broken else Verdict.OK,
            cause=broken.cause if broken else Cause.WITHIN_LIMITS,
            message=message,
            window_start=window.start,
            window_end=window.end,
            value=value,
            low=low,
            high=high,
            threshold=threshold,
            reference=was,
            n=share.n,
            slice=slice_of(subject.source),
            clear=judgement.clear,
        )

    def _not_judged(self, subject: _Subject, before: Scores, measured: Measured) -> Finding[Clauses]:
        now, then = measured.windows.current.scores, measured.windows.reference.scores
        n = subject.of(now).scored
        if n >= MIN_SCORES and then.scored >= MIN_SCORES and not before.scored:
            sources = tuple(_named(source) for source in then.sources)
            said = clause(FindingClause.JUDGE_CHANGED, source=_named(subject.source), then=sources)
            return self._unknown(measured, subject.source, Cause.NOT_COMPARABLE, said, subject.name, n)
        said = clause(
            FindingClause.FEW_SCORES, n=n, source=_named(subject.source), then=before.scored, needed=MIN_SCORES
        )
        return self._unknown(measured, subject.source, Cause.TOO_FEW, said, subject.name, n)

    def _unknown(
        self, measured: Measured, source: str, cause: Cause, said: Clause, subject: str = EVERYTHING, n: int = 0
    ) -> Finding[Clauses]:
        window = measured.windows.current
        return Finding(
            self.name,
            subject,
            Verdict.NOT_ENOUGH_DATA,
            cause,
            (said,),
            window.start,
            window.end,
            n=n,
            slice=slice_of(source),
        )


def slice_of(source: str) -> str:
    """Name of the slice of one source's scores; all of them where the log does not say who scored."""
    return "all" if source == NOT_LOGGED else f"relevance_source={source}"


def _named(source: str) -> Clause:
    if source == NOT_LOGGED:
        return clause(FindingClause.NAMELESS_SOURCE)
    return clause(FindingClause.SOURCE, name=source)


def _classes(source: str, now: Scores, then: Scores) -> list[_Subject]:
    """The predicted classes that have enough scores of the source in both spans."""
    both = [scores.where(source=source).classes for scores in (now, then)]
    names = sorted(name for name, n in both[0].items() if min(n, both[1].get(name, 0)) >= MIN_SCORES)
    return [_Subject(name, source) for name in names]


def _sights(subject: _Subject, day_effect: float, measured: Measured) -> tuple[Sight, ...]:
    """The looks that have enough scores, longest first."""
    shares = ((look, subject.share(subject.of(look.window.scores), day_effect)) for look in measured.looks)
    return tuple(Sight(_ScoredLook(look.window, look.ripening), share) for look, share in shares if share is not None)


def _message(subject: _Subject, share: Proportion, was: float | None) -> Clauses:
    low, high = share.interval()
    by = () if subject.source == NOT_LOGGED else (clause(FindingClause.BY_SOURCE, source=subject.source),)
    if subject.is_low_share:
        low_share, bounds = 1 - share.value, (1 - high, 1 - low)
        then = () if was is None else (clause(FindingClause.WAS_SHARE, was=1 - was),)
        return (clause(FindingClause.LOW_SCORES, share=low_share, bounds=bounds, n=share.n, by=by), *then)
    then = () if was is None else (clause(FindingClause.WAS_SCORE, was=was),)
    if subject.name == EVERYTHING:
        return (clause(FindingClause.RELEVANCE_IS, mean=share.value, bounds=(low, high), n=share.n, by=by), *then)
    said = clause(
        FindingClause.CLASS_RELEVANCE_IS, name=subject.name, mean=share.value, bounds=(low, high), n=share.n, by=by
    )
    return (said, *then)


def _limit(subject: _Subject, threshold: float) -> Clauses:
    if subject.is_low_share:
        return (clause(FindingClause.OVER_LOW_SHARE, limit=1 - threshold),)
    return (clause(FindingClause.BELOW_SCORE, limit=threshold),)


def _while_accuracy_holds(measured: Measured, margin: float) -> Clauses:
    """What accuracy did meanwhile, where labels show that it did not fall with it."""
    now, then = measured.current.stratified.accuracy(), measured.reference.stratified.accuracy()
    if now is None or then is None or min(now.n, then.n) < MIN_LABELS:
        return ()
    if difference(now, then, CLEAR_TAIL)[0] < -margin:
        return ()
    return (clause(FindingClause.ACCURACY_HOLDS, now=now.value, then=then.value),)
