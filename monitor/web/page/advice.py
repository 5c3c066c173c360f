"""What was advised, what people made of it, and what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.incident import State
from alerts.messages.advising import ACTIONS
from alerts.messages.figures import interval, percent, points, signed_points
from alerts.messages.forms import capital
from alerts.messages.numbers import when
from alerts.messages.words import OUTCOMES, STATES, WORDS
from checks.advice.deciding.model import Action
from checks.outcome.judge import Effect, Worked
from checks.outcome.traffic import Act, Pair
from checks.outcome.trial import Decision, Trial
from checks.rules.finding import Verdict
from monitor.history.history import History
from monitor.history.queries.advised import Decided, OfIncident, Success, Tried, Untried

_BAR: Final = 480.0
"""Width of the drawing of a rise, in its units."""
_ROOM: Final = 0.05
"""Least span that rises are drawn in, on either side of none: 5 points."""


@dataclass(frozen=True, slots=True)
class Rise:
    """A rise and its interval as places on a line whose middle is no change."""

    low: float
    high: float
    at: float
    said: str


@dataclass(frozen=True, slots=True)
class Advised:
    """A piece of advice in words, from what was advised to what came of it; `level` is for its look."""

    incident: OfIncident
    incident_in_words: str
    at: datetime
    action: str
    decided: str
    done: str
    level: str
    outcome: str
    detail: str
    held_to: str
    rise: Rise | None = None


@dataclass(frozen=True, slots=True)
class Worth:
    """How often an action worked."""

    monitor: str
    action: str
    n: int
    counts: tuple[int, ...]
    success: str


def advised(history: History, monitors: Sequence[str]) -> tuple[tuple[Advised, ...], tuple[Worth, ...]]:
    """The newest advice of some monitors, and what each action is worth so far. Raises HistoryError."""
    tried, untried = history.advised.tried(monitors), history.advised.untried(monitors)
    said: dict[str, Decided] = {}
    for each in history.advised.decided([one.incident.id for one in untried]):
        said.setdefault(each.incident_id, each)
    widest = max(map(_widest, tried), default=_ROOM)
    found = [*(_tried(each, widest) for each in tried), *(_untried(each, said) for each in untried)]
    found.sort(key=lambda each: each.at, reverse=True)
    return tuple(found), tuple(map(_worth, history.advised.success(monitors)))


def _tried(one: Tried, widest: float) -> Advised:
    trial, criterion = one.trial, one.trial.criterion
    of = f"{criterion.kind} of {criterion.class_name}" if criterion.class_name else str(criterion.kind)
    level, outcome = _outcome(trial)
    effect = None if trial.result is None else trial.result.effect
    return Advised(
        incident=one.incident,
        incident_in_words=_incident(one.incident),
        at=one.at,
        action=capital(ACTIONS[criterion.action]),
        decided=_decided(trial.decision),
        done=_done(trial.act),
        level=level,
        outcome=outcome,
        detail="" if trial.result is None else str(trial.result.sentence),
        held_to=(
            f"{capital(of)} was {percent(criterion.value)} (n={criterion.n:,}) and is to reach "
            f"{percent(criterion.goal)}; a rise of {points(criterion.min_effect)} counts, judged from "
            f"{criterion.needed:,} {'answers' if criterion.kind == 'latency' else 'labels'} after the act"
        ),
        rise=None if effect is None else _rise(effect, of, widest),
    )


def _untried(one: Untried, said: Mapping[str, Decided]) -> Advised:
    action = "The evidence does not settle what to do" if one.abstained else capital(ACTIONS[Action(one.action)])
    decided = said.get(one.incident.id)
    return Advised(
        incident=one.incident,
        incident_in_words=_incident(one.incident),
        at=one.at,
        action=action,
        decided=_decided(None if decided is None else Decision(decided.accepted, decided.at, decided.by, decided.note)),
        done="",
        level="unknown",
        outcome="nothing to compare before and after by",
        detail=f"To find out: {one.experiment}" if one.abstained and one.experiment else "",
        held_to="",
    )


_LEVELS: Final = {
    Worked.WORKED: "ok",
    Worked.PARTLY: "warning",
    Worked.NO_EFFECT: "warning",
    Worked.HARMED: "critical",
}


def _outcome(trial: Trial) -> tuple[str, str]:
    result = trial.result
    if result is None:
        waited = "nobody has acted on it yet" if trial.act is None else "before and after are not compared yet"
        return "recovering", f"not known yet: {waited}"
    if result.worked is Worked.NOT_TRIED:
        return "unknown", "not tried"
    return _LEVELS.get(result.worked, "unknown"), OUTCOMES[result.worked]


def _decided(decision: Decision | None) -> str:
    if decision is None:
        return "nobody said whether they would"
    note = f": {decision.note}" if decision.note else ""
    return f"{'accepted' if decision.accepted else 'rejected'} by {decision.by}, {when(decision.at)}{note}"


def _done(act: Act | None) -> str:
    """What a team did, as the log shows it."""
    if act is None:
        return "nothing seen yet"
    if act.came:
        return f"{_pairs(act.came)} took over {when(act.at)}" + _until(act)
    if act.went:
        return f"{_pairs(act.went)} stopped answering {when(act.at)}" + _until(act)
    return f"said to be done {when(act.at)}"


def _until(act: Act) -> str:
    return f", wholly {when(act.settled)}" if act.settled is not None and act.settled != act.at else ""


def _pairs(pairs: Iterable[Pair]) -> str:
    return " and ".join(
        ", ".join(f"{kind} {name}" for kind, name in zip(("model", "prompt"), pair, strict=True) if name)
        or "what has no version"
        for pair in pairs
    )


def _incident(one: OfIncident) -> str:
    return f"{WORDS[Verdict(one.severity)]} {one.family} incident, {STATES[State(one.state)]}"


def _widest(one: Tried) -> float:
    effect = None if one.trial.result is None else one.trial.result.effect
    return _ROOM if effect is None else max(abs(effect.low), abs(effect.high), _ROOM)


def _rise(effect: Effect, of: str, widest: float) -> Rise:
    def place(value: float) -> float:
        return round(_BAR / 2 * (1 + 0.96 * value / widest), 1)

    before, after = percent(effect.before.value), percent(effect.after.value)
    bounds = f"{signed_points(effect.low)} to {signed_points(effect.high)}"
    said = (
        f"{of} from {before} (n={effect.before.n:,}) to {after} (n={effect.after.n:,}): "
        f"{signed_points(effect.size)} points, 95% interval {bounds}"
    )
    return Rise(place(effect.low), place(effect.high), place(effect.size), said)


def _worth(one: Success) -> Worth:
    bounds = interval(percent(one.low), percent(one.high))
    counts = (one.worked, one.partly, one.no_effect, one.harmed)
    return Worth(one.monitor, ACTIONS[Action(one.action)], one.n, counts, f"{percent(one.success)} ({bounds})")
