"""Follow advice that was told: whether somebody acted on it, and what came of that."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.messages.wording import concluded
from checks.advice.comparing.parts import Part
from checks.advice.deciding.model import Action
from checks.advice.deciding.policy import AdvicePolicy
from checks.clauses.clause import clause
from checks.counts.windows import Windows
from checks.outcome.criterion import Criterion, freeze
from checks.outcome.judge import Result, Samples, Worked, judge
from checks.outcome.outcome_clause import OutcomeClause
from checks.outcome.traffic import Act, bucket_of, of_versions, without_versions
from checks.outcome.trial import Trial
from checks.outcome.unseen import unseen
from checks.outcome.weights import SETTLED_IN
from monitor.history import Transaction, WindowSpec
from monitor.history.writing.trials import Followed, Kept

TOLD = frozenset({Event.OPENED, Event.UPDATED, Event.ESCALATED, Event.REOPENED})
"""Steps that tell people what to do."""

LATELY = timedelta(days=2)
"""Traffic that says which versions answer now."""


@dataclass(frozen=True, slots=True)
class Review:
    """How trials stand after a cycle: those `kept` earlier, those that begin, and the steps that tell of answers."""

    kept: tuple[Kept, ...] = ()
    begun: tuple[Trial, ...] = ()
    steps: tuple[Transition, ...] = ()

    def write(self, transaction: Transaction) -> None:
        """Keep all of it; after the cycle is recorded, as a trial belongs to the advice that was told in it."""
        for kept in self.kept:
            transaction.keep_trial(kept.trial, kept.key)
        for trial in self.begun:
            transaction.keep_trial(trial)


@dataclass(frozen=True, slots=True)
class Follower:
    """One cycle's look at the advice of one monitor. `incidents` are as this cycle leaves them, by id."""

    windows: Windows
    policy: AdvicePolicy
    incidents: Mapping[str, Incident]
    steps: Sequence[Transition]

    @property
    def now(self) -> datetime:
        """Time of the cycle, UTC."""
        return self.windows.now

    def review(self, transaction: Transaction, spec: WindowSpec) -> Review:
        """Look at every trial that is not over, and begin those of advice that is told now."""
        told = {step.incident.id: step.incident for step in self.steps if step.event in TOLD}
        trials = transaction.trials()
        counts = transaction.followed(spec)
        looked = [Kept(each.key, self._look(each.trial, counts, spec.bucket)) for each in trials]
        kept = [self._ended(each, told) for each in looked]
        followed = {(each.trial.incident, each.trial.criterion.action) for each in kept if not each.trial.is_over}
        begun = self._new(followed, counts)
        changed = [new for old, new in zip(trials, kept, strict=True) if old != new]
        return Review(tuple(changed), begun, self._tell(each.trial for each in changed))

    def _new(self, followed: Collection[tuple[str, Action]], counts: Followed) -> tuple[Trial, ...]:
        """A trial for each open incident whose advice can be measured and is not followed yet, or not any more."""
        waiting = [
            incident
            for incident in self.incidents.values()
            if incident.state is State.FIRING and (incident.id, incident.advice.action) not in followed
        ]
        if not waiting:
            return ()
        traffic = counts.traffic(self.now - LATELY)
        frozen = [
            (incident.id, freeze(incident.advice, incident.findings, self.windows, self.policy, traffic))
            for incident in waiting
        ]
        return tuple(Trial(key, criterion) for key, criterion in frozen if criterion is not None)

    def _look(self, trial: Trial, counts: Followed, bucket: timedelta) -> Trial:
        seen = trial.follow(counts.traffic(trial.criterion.followed_from), bucket)
        if seen.act is None:
            return replace(seen, result=_NEVER_TRIED) if seen.has_lapsed(self.now) else seen
        if not seen.criterion.is_met_by(seen.act):
            return replace(seen, result=_SOMETHING_ELSE) if seen.was_something_else(self.now) else seen
        samples = _samples(seen, counts, bucket, self.now)
        after = seen.criterion.metric.of(samples.after)
        if not seen.is_due(after.n if after else 0, self.now):
            return seen
        return replace(seen, result=concluded(judge(seen.criterion, samples)))

    def _ended(self, kept: Kept, told: Mapping[str, Incident]) -> Kept:
        """A trial that nobody has acted on ends when people are told to do something else, and with its incident."""
        trial, now = kept.trial, told.get(kept.trial.incident)
        if trial.is_over or trial.act is not None:
            return kept
        if now is not None and now.advice.action is not trial.criterion.action:
            return Kept(kept.key, replace(trial, result=_REPLACED))
        incident = self.incidents.get(trial.incident)
        ended = incident.resolved_at if incident is not None and incident.state is State.RESOLVED else None
        # an act shows in the log only once it has lasted
        if ended is None or self.now - ended < SETTLED_IN:
            return kept
        return Kept(kept.key, replace(trial, result=_MENDED))

    def _tell(self, trials: Iterable[Trial]) -> tuple[Transition, ...]:
        answers = [(self.incidents.get(trial.incident), trial.result) for trial in trials]
        return tuple(
            Transition(incident, Event.VERIFIED, self.now, Reason.ACTION_VERIFIED, outcome=result)
            for incident, result in answers
            if incident is not None and result is not None and result.worked.is_told
        )


def _not_tried(why: OutcomeClause) -> Result:
    return concluded(Result(Worked.NOT_TRIED, (clause(why),)))


_NEVER_TRIED = _not_tried(OutcomeClause.NOBODY_ACTED)
_SOMETHING_ELSE = _not_tried(OutcomeClause.SOMETHING_ELSE)
_MENDED = _not_tried(OutcomeClause.MENDED)
_REPLACED = _not_tried(OutcomeClause.REPLACED)


def _samples(trial: Trial, counts: Followed, bucket: timedelta, now: datetime) -> Samples:
    """What is compared, by version: in the hours in which traffic moved over, each row is still one version's.

    Where nothing came, the buckets in which something happened are on neither side.
    """
    criterion, act = trial.criterion, trial.act
    if act is None:
        raise ValueError(f"incident {trial.incident}: nobody has acted, so there is nothing to compare")
    began, until = bucket_of(act.at, bucket), trial.until or now
    before = _before(criterion, counts, replace(act, at=began))
    if not act.came:
        return Samples(before, without_versions(counts.part(act.done, until), act.went), Part())
    after = counts.part(began, until + bucket if trial.until else now)
    beside = {pair for pair, _ in criterion.answering} - {*act.came, *act.went}
    return Samples(before, of_versions(after, act.came), of_versions(after, beside))


def _before(criterion: Criterion, counts: Followed, act: Act) -> Part:
    """Labels of answers from before the act, and those that leaving versions gave during it, where no other stayed."""
    pairs = {pair for pair, _ in criterion.answering}
    start, end = criterion.window_start, criterion.window_end
    window, since = (of_versions(counts.part(*span), pairs) for span in ((start, min(end, act.at)), (end, act.at)))
    if act.came and pairs <= {*act.came, *act.went}:
        late = ((max(act.at, start), min(end, act.done)), (max(act.at, end), act.done))
        leaving = [of_versions(counts.part(*span), act.went) for span in late]
        window, since = _joined(window, leaving[0]), _joined(since, leaving[1])
    return unseen(criterion.seen, window, since)


def _joined(one: Part, other: Part) -> Part:
    return Part((*one.outcomes, *other.outcomes), (*one.latency, *other.latency))
