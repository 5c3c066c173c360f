"""A trial: an advice's criterion, what people decided, what they did, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from checks.outcome.criterion import OF_VERSIONS, Criterion
from checks.outcome.judge import Result
from checks.outcome.traffic import Act, BucketTraffic, Pair, find_act, find_end, said
from checks.outcome.weights import GIVEN_UP, NOTHING_DONE, ONE_ACT, SETTLED_IN


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

    @property
    def answers_since(self) -> Pair | None:
        """The main pair of versions that the act left answering; None where nothing changed in who answers.

        That is one that came; where others only stopped, such as a canary or what somebody had begun to roll back when
        the advice was told, the one of those that stayed which had most of the traffic.
        """
        if self.act is None or not (self.act.came or self.act.went):
            return None
        if self.act.came:
            return self.act.came[0]
        stayed = {pair: share for pair, share in self.criterion.answering if pair not in self.act.went}
        return max(stayed, key=lambda pair: stayed[pair], default=None)

    def follow(self, traffic: Sequence[BucketTraffic], bucket: timedelta) -> "Trial":
        """The trial with what `traffic` (in order) shows of acts; found anew each time, as late rows may move them."""
        since = [part for part in traffic if part.start + bucket > self.criterion.followed_from]
        before = dict(self.criterion.answering)
        act = self._first_act(since, bucket)
        return replace(self, act=act, until=find_end(since, before, act, bucket) if act else None)

    def is_due(self, rows: int, now: datetime) -> bool:
        """Whether it can be judged: the rows asked for are there, or no more will come."""
        if self.act is None:
            return False
        is_settled = now - self.act.done >= SETTLED_IN
        return (rows >= self.criterion.needed and is_settled) or now - self.act.at >= GIVEN_UP

    def was_something_else(self, now: datetime) -> bool:
        """Whether what was done is certainly not what was advised; what was only tried for some hours is not done."""
        return self.act is not None and now - self.act.done >= SETTLED_IN and not self.criterion.is_met_by(self.act)

    def has_lapsed(self, now: datetime) -> bool:
        """Whether nobody did anything for so long that nobody will."""
        return self.act is None and now - self.criterion.frozen_at >= NOTHING_DONE

    def _first_act(self, since: Sequence[BucketTraffic], bucket: timedelta) -> Act | None:
        seen = find_act(since, dict(self.criterion.answering), bucket)
        is_done_by_word = self.criterion.action not in OF_VERSIONS
        if self.decision is None or not (is_done_by_word and self.decision.accepted):
            return seen
        told = said(self.decision.at, bucket)
        # who says so and then releases it under a new version has done one thing, and the log knows better when
        if seen is not None and abs(seen.at - told.at) <= ONE_ACT:
            return seen
        return told if seen is None else min(seen, told, key=lambda act: act.at)
