"""Advice: one recommended action with everything that spoke for and against it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, cast

from typing_extensions import TypeVar

Words_co = TypeVar("Words_co", default=str, covariant=True)
"""How reasons are given: in clauses by those who find them, in words everywhere else."""


class Action(StrEnum):
    """What a team can do about an incident."""

    ROLLBACK_PROMPT = "rollback_prompt"
    REVISE_PROMPT = "revise_prompt"
    FINE_TUNE = "fine_tune"
    ROLLBACK_MODEL = "rollback_model"
    ROLLBACK_RELEASE = "rollback_release"
    ADD_CONTEXT = "add_context"
    COLLECT_LABELS = "collect_labels"
    FIX_LABELS = "fix_labels"
    FIX_PARSER = "fix_parser"
    REDUCE_LATENCY = "reduce_latency"
    CHECK_TRAFFIC = "check_traffic"
    FIX_LOG = "fix_log"
    REPLACE_MODEL = "replace_model"
    REPORT_FAULT = "report_fault"
    FIX_ALERTING = "fix_alerting"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Signal(Generic[Words_co]):
    """One observed fact, tested on the counts, with the numbers that make it one.

    `holds` is None where there is too little data to say. `numbers` are (name, value) pairs for machines and for
    tests; `sentence` says the same to a person.
    """

    name: str
    family: str
    holds: bool | None
    sentence: Words_co
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one signal adds to (or takes from) one action."""

    action: Action
    signal: str
    weight: float


@dataclass(frozen=True, slots=True)
class Veto(Generic[Words_co]):
    """A gate that closed: the action may not be recommended, whatever its score."""

    action: Action
    gate: str
    sentence: Words_co


@dataclass(frozen=True, slots=True)
class Change:
    """The change of versions at which something broke: what answered before, what took over, and when (UTC).

    `kind` is `prompt`, `model`, or `release` for both at once. A version that was not logged is "".
    """

    kind: str
    older_prompt: str
    older_model: str
    newer_prompt: str
    newer_model: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Advice(Generic[Words_co]):
    """The recommended action. `action` is NONE and `abstained` true when the evidence does not settle it.

    `reasons` are sentences with their numbers, strongest first; `experiment` is the cheapest step that would settle
    an abstention, or tell prompt and model apart once a release is rolled back (empty otherwise). `score` is the sum of
    the action's contributions, `runner_up` the next best action that no gate vetoed. `change` is where the fall lies,
    None where it lies at no change, or nobody can tell.
    """

    action: Action
    score: float
    runner_up: Action | None
    reasons: tuple[Words_co, ...]
    abstained: bool = False
    experiment: Words_co = cast("Any", "")  # noqa: RUF009 - no call: empty in words, and no clause either
    signals: tuple[Signal[Words_co], ...] = ()
    contributions: tuple[Contribution, ...] = ()
    vetoes: tuple[Veto[Words_co], ...] = ()
    change: Change | None = None
