"""A trial: an advice's criterion, what people decided, what they did, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.trial.criterion import OF_VERSIONS, Criterion
from checks.trial.judge import Result
from checks.trial.traffic import Act, BucketTraffic, find_act
from checks.trial.weights import GIVEN_UP, NOTHING_DONE, SETTLED_IN


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody said of an advice: who, when (UTC), and why."""

    accepted: bool
    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """One advice of an incident on its way to an answer: `act` is what was done, `until` when something else was."""

    incident: str
    criterion: Criterion
    decision: Decision | None = None
    act: Act | None = None
    until: datetime | None = None
    result: Result | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to be found out."""
        return self.result is not None

    def follow(self, traffic: Sequence[BucketTraffic], bucket: timedelta) -> "Trial":
        """The trial with what `traffic` (in order) shows of acts; found anew each time, as late rows may move them."""
        since = [part for part in traffic if part.start + bucket > self.criterion.frozen_at]
        act = self._first_act(since)
        if act is None:
            return replace(self, act=None, until=None)
        answering = {pair: share for pair, share in self.criterion.answering if pair not in act.went}
        second = find_act([part for part in since if part.start > act.at], answering | dict.fromkeys(act.came, 1.0))
        return replace(self, act=act, until=second.at if second else None)

    def is_due(self, rows: int, now: datetime) -> bool:
        """Whether it can be judged: the rows asked for are there, or no more will come."""
        if self.act is None:
            return False
        is_settled = (self.until or now) - self.act.at >= SETTLED_IN
        return (rows >= self.criterion.needed and is_settled) or now - self.act.at >= GIVEN_UP

    def has_lapsed(self, now: datetime) -> bool:
        """Whether nobody did anything for so long that nobody will."""
        return self.act is None and now - self.criterion.frozen_at >= NOTHING_DONE

    def _first_act(self, since: Sequence[BucketTraffic]) -> Act | None:
        seen = find_act(since, dict(self.criterion.answering))
        is_done_by_word = self.criterion.action not in OF_VERSIONS
        if self.decision is None or not (is_done_by_word and self.decision.accepted):
            return seen
        said = Act(self.decision.at)
        return said if seen is None else min(seen, said, key=lambda act: act.at)
