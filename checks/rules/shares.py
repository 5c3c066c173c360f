"""From the judgement of a share to a finding."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf

from checks.clauses.clause import Clause, Clauses, clause
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.estimates.stratified import Stratified
from checks.rules.affected import per_day
from checks.rules.finding import Cause, Finding, PerDay, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.limits import Judgement, Limit, Sight, judge
from checks.statistics.intervals import Proportion

MIN_LABELS = 10
"""Labelled rows under which a share is not judged to be well, because intervals do not cover as they should (measured:
docs/statistics/intervals.md); an alarm needs more by its own level."""


Wrong = tuple[Proportion, float]
"""The share of some predictions that goes wrong, and how many predictions those are."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A share to be judged: `share_of` reads it from one look, None where the look does not know it."""

    check: str
    name: str
    noun: Clause  # what it is called
    share_of: Callable[[Stratified], Proportion | None]
    of_all: bool = True  # whether predictions of every class bear on it
    wrong_of: Callable[[Stratified], Wrong | None] | None = None  # the predictions that go wrong in this way

    def sights(self, looks: Sequence[WeightedWindow]) -> tuple[Sight, ...]:
        """The looks that know the share, longest first."""
        shares = ((look, self.share_of(look.stratified)) for look in looks if look.steady)
        return tuple(Sight(look, share) for look, share in shares if share is not None)

    def trail(self, measured: Measured) -> tuple[Sight, ...]:
        """What is known of the share since each start of an e-process, and from before it."""
        starts = (start for start in measured.starts if start.since.steady)
        shares = ((start, self.share_of(start.since.stratified)) for start in starts)
        older = None if measured.older is None else self.share_of(measured.older.stratified)
        return tuple(
            Sight(
                start.since,
                share,
                self.share_of(start.before.stratified),
                older if start.older is not None else None,
                start.weight,
            )
            for start, share in shares
            if share is not None
        )

    def reference(self, measured: Measured) -> Proportion | None:
        """The share in the reference, where that has enough labels to be one."""
        share = self.share_of(measured.reference.stratified)
        return share if share is not None and share.n >= MIN_LABELS else None


def judge_share(subject: Subject, measured: Measured, limits: Sequence[Limit]) -> Finding[Clauses]:
    """Judge one share by its limits, gravest first."""
    sights = subject.sights(measured.looks)
    if not sights:
        return _too_few(subject, measured, None)
    followed = any(limit.needs < inf for limit in limits)
    judgement = judge(sights, limits, subject.trail(measured) if followed else ())
    if judgement.broken is None and (not limits or not _is_known(subject, judgement.sight)):
        return _too_few(subject, measured, judgement.sight)
    return _finding(subject, measured, judgement, limits)


def _is_known(subject: Subject, sight: Sight) -> bool:
    """Whether a share may be called well; an alarm does not wait for what nobody has labelled."""
    return sight.share.n >= MIN_LABELS and not (subject.of_all and sight.look.stratified.unlabelled)


def _finding(subject: Subject, measured: Measured, judgement: Judgement, limits: Sequence[Limit]) -> Finding[Clauses]:
    share, window = judgement.sight.share, judgement.sight.look.window
    low, high = share.interval()
    reference = subject.reference(measured)
    broken = judgement.broken
    return Finding(
        check=subject.check,
        subject=subject.name,
        verdict=broken.verdict if broken else Verdict.OK,
        cause=broken.cause if broken else Cause.WITHIN_LIMITS,
        message=(clause(FindingClause.SHARE_IS, subject=subject.noun, share=share), *_against(judgement, reference)),
        window_start=window.start,
        window_end=window.end,
        value=share.value,
        low=low,
        high=high,
        threshold=(broken or limits[0]).threshold,
        reference=reference.value if reference else None,
        n=share.n,
        provisional=judgement.sight.look.provisional,
        clear=judgement.clear,
        per_day=_per_day(subject, judgement) if broken else None,
    )


def _per_day(subject: Subject, judgement: Judgement) -> PerDay | None:
    look = judgement.sight.look
    wrong = subject.wrong_of(look.stratified) if subject.wrong_of is not None else None
    return None if wrong is None else per_day(*wrong, look.window)


def _against(judgement: Judgement, reference: Proportion | None) -> Clauses:
    wrong = judgement.broken.explain(judgement.sight) if judgement.broken else ()
    was = () if reference is None else (clause(FindingClause.WAS_SHARE, was=reference.value),)
    return (*was, *wrong)


def _too_few(subject: Subject, measured: Measured, sight: Sight | None) -> Finding[Clauses]:
    window = measured.current.window
    share = sight.share if sight else None
    low, high = share.interval() if share else (None, None)
    return Finding(
        check=subject.check,
        subject=subject.name,
        verdict=Verdict.NOT_ENOUGH_DATA,
        cause=Cause.TOO_FEW,
        message=(clause(FindingClause.SHARE_NOT_KNOWN, subject=subject.noun, why=_why_not(subject, measured, sight)),),
        window_start=window.start,
        window_end=window.end,
        value=share.value if share else None,
        low=low,
        high=high,
        n=share.n if share else 0,
        provisional=measured.current.provisional,
    )


def _why_not(subject: Subject, measured: Measured, sight: Sight | None) -> Clause:
    if sight is None and not all(look.steady for look in measured.looks):
        return clause(FindingClause.WRONG_SOONER)
    if sight is not None and subject.of_all and (missing := sight.look.stratified.unlabelled):
        return clause(FindingClause.NONE_LABELLED, names=tuple(missing))
    if sight is None and (misled := sorted({name for look in measured.looks for name in look.stratified.unheard})):
        return clause(FindingClause.QUEUE_MISSED, names=tuple(misled))
    return clause(FindingClause.LABELLED_ROWS, n=sight.share.n if sight else 0)
