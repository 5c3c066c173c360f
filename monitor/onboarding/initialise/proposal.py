"""The configuration that is proposed for a log, before it is written."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from alerts.messages.numbers import when
from monitor.common.errors import SourceError
from monitor.onboarding.initialise.guess import (
    REQUIRED_OF_LABELS,
    REQUIRED_OF_PREDICTIONS,
    normalised,
)
from monitor.onboarding.initialise.look import FoundLogs, looking
from monitor.onboarding.initialise.presets import answer_asks, open_asks
from monitor.onboarding.initialise.relation import Relation
from monitor.onboarding.initialise.roles import LABELS, PREDICTIONS, Chooser, Chosen, Roles, Said
from monitor.onboarding.initialise.trial import NOT_TRIED, Trial, try_out
from monitor.onboarding.initialise.values import Column
from monitor.onboarding.initialise.wanted import wanted
from monitor.onboarding.initialise.words import CRITICAL_CLASSES, LABEL_NAMES, PREDICTION_NAMES

MOST_SEGMENT_VALUES: Final = 20
RARE: Final = 0.10  # share of messages
MOST_CRITICAL_SHARE: Final = 0.30  # a class that is commoner than this is not an exception, whatever its name
MOST_TRIED: Final = 3_000_000  # rows; of more, `tunewatch validate` reads the whole log, and takes its time
OF_WEIGHT: Final = ("latency_ms", "confidence")
"""Meanings that need not be there, and that are told of where a column has the name and the wrong values."""


@dataclass(frozen=True, slots=True)
class ToCheck:
    """What a person must look at before a figure is believed: the meaning ("" for none), and why."""

    role: str
    meaning: str
    sentence: str

    @property
    def key(self) -> str:
        """Key of the column in the configuration of a monitor."""
        if not self.meaning:
            return f"source.{self.role}".rstrip(".")
        return f"source.{self.role}.{'' if '.' in self.meaning else 'columns.'}{self.meaning}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the log seems to be. `classes` counts rows by label (or by predicted class where there are no labels).

    `url` may hold a password: `render` leaves it out. `to_check` is empty where nothing is in doubt.
    """

    url: str
    predictions: Chosen
    labels: Chosen | None
    share_found: float
    span: tuple[str, str]
    classes: dict[str, int]
    critical: tuple[str, ...]
    segments: tuple[str, ...]
    others: tuple[Relation, ...]
    passed_over: tuple[str, ...]
    to_check: tuple[ToCheck, ...] = ()
    trial: Trial = NOT_TRIED

    @property
    def rare(self) -> tuple[str, ...]:
        """Classes that are seldom and not proposed as critical, the rarest first."""
        total = sum(self.classes.values())
        seldom = [name for name, n in self.classes.items() if n < RARE * total and name not in self.critical]
        return tuple(reversed(seldom))

    @property
    def roles(self) -> dict[str, Chosen]:
        """The relations that have a role."""
        return {PREDICTIONS: self.predictions} | ({LABELS: self.labels} if self.labels else {})


def propose(sources: Sequence[str], now: datetime, said: Said | None = None) -> Proposal:
    """Look at a database URL, a database file, or data files, directories and globs, and propose a configuration.

    What a person `said` goes before every guess. The log is tried out as known at `now` (aware). Raises SourceError
    where nothing can be read, or no row is there.
    """
    with looking(sources) as look:
        relations = tuple(relation for relation in look.relations if not relation.is_empty)
        if not relations:
            raise SourceError(_no_rows(look.relations))
        roles = Chooser(relations, look.questions, said or {}, are_named=look.are_named).choose()
        roles = answer_asks(roles, look.url, look.questions, said or {}, now)
        return _proposal(look, roles, now)


def _proposal(look: FoundLogs, roles: Roles, now: datetime) -> Proposal:
    one, other = roles.predictions, roles.labels
    used = {id(one.relation)} | ({id(other.relation)} if other else set())
    bare = Proposal(
        url=look.url,
        predictions=one,
        labels=other,
        share_found=roles.share_found,
        span=("", ""),
        classes={},
        critical=(),
        segments=_segments(roles),
        others=tuple(relation for relation in look.relations if id(relation) not in used),
        passed_over=look.passed_over,
    )
    is_small = all(look.questions.rows(chosen.relation) <= MOST_TRIED for chosen in bare.roles.values())
    trial = try_out(look.url, bare.roles, now) if roles.is_whole and is_small else NOT_TRIED
    if trial.share_found is not None:
        bare = replace(bare, share_found=trial.share_found)
    classes = trial.classes or _classes(look, roles)
    return replace(
        bare,
        span=_span(look, roles, trial),
        classes=classes,
        critical=_critical(classes),
        to_check=_once((*_failed(trial), *_doubts(bare, are_named=look.are_named))),
        trial=trial,
    )


def _doubts(proposal: Proposal, *, are_named: bool) -> Iterator[ToCheck]:
    for role, chosen in proposal.roles.items():
        mapping = chosen.mapping
        if chosen.preset is not None:
            yield from _asked(role, chosen)
            continue
        for meaning in {PREDICTIONS: REQUIRED_OF_PREDICTIONS, LABELS: REQUIRED_OF_LABELS}[role]:
            if meaning not in mapping.columns:
                yield ToCheck(role, meaning, _missing(role, meaning, chosen))
        for meaning, why in mapping.to_check.items():
            yield ToCheck(role, meaning, f"{mapping.columns[meaning]}: {why}")
        for meaning in OF_WEIGHT:
            for why in mapping.turned_down.get(meaning, ())[:1]:
                yield ToCheck(role, meaning, f"not mapped. {why}")
    for relation in proposal.others:
        if are_named:
            why = (
                "has no rows yet" if relation.is_empty else "is not used: it looks like neither predictions nor labels"
            )
            yield ToCheck("", "", f"{relation.name} {why}")


def _asked(role: str, chosen: Chosen) -> Iterator[ToCheck]:
    """What the system of a relation asks and its rows do not tell."""
    for key, what in open_asks(chosen).items():
        yield ToCheck(role, key.removeprefix("columns."), f"not found in {chosen.relation.name}: {what}")
    for meaning, why in chosen.mapping.to_check.items():
        named = f"{chosen.mapping.columns[meaning]}: " if meaning in chosen.mapping.columns else ""
        yield ToCheck(role, meaning, f"{named}{why}")


def _once(checks: Iterable[ToCheck]) -> tuple[ToCheck, ...]:
    """The checks in the order of the configuration, those of one column together in one."""
    found: dict[tuple[str, str], ToCheck] = {}
    for check in checks:
        key = (check.role, check.meaning)
        both = f"{found[key].sentence}. Also {check.sentence}" if key in found else check.sentence
        found[key] = replace(check, sentence=both)
    order = (*((PREDICTIONS, meaning) for meaning in PREDICTION_NAMES), *((LABELS, meaning) for meaning in LABEL_NAMES))
    return tuple(
        sorted(found.values(), key=lambda each: order.index(k) if (k := (each.role, each.meaning)) in order else 99)
    )


def _missing(role: str, meaning: str, chosen: Chosen) -> str:
    turned_down = chosen.mapping.turned_down.get(meaning, ())
    reasons = f". Not taken: {'; '.join(turned_down)}" if turned_down else ""
    return f"not found in {chosen.relation.name}. {wanted(role, meaning)}{reasons}"


def _failed(trial: Trial) -> Iterator[ToCheck]:
    for hint in trial.failures:
        _, role, *rest = f"{hint.key}..".split(".")
        yield ToCheck(role, rest[1] if rest[0] == "columns" else "", hint.sentence)


def _span(look: FoundLogs, roles: Roles, trial: Trial) -> tuple[str, str]:
    if trial.survey is not None:
        ends = (trial.survey.first_at, trial.survey.last_at)
        return tuple(when(end).removesuffix(" UTC") if end else "" for end in ends)  # type: ignore[return-value]
    at = None if roles.predictions.preset else roles.predictions.mapping.columns.get("at")
    return look.questions.span(roles.predictions.relation, at) if at else ("", "")


def _classes(look: FoundLogs, roles: Roles) -> dict[str, int]:
    one, other = roles.predictions, roles.labels
    if other and not other.preset and (label := other.mapping.columns.get("label")):
        return look.questions.classes(other.relation, label)
    predicted = one.mapping.columns.get("predicted")
    return look.questions.classes(one.relation, predicted) if predicted and not one.preset else {}


def _critical(classes: dict[str, int]) -> tuple[str, ...]:
    """Return the classes whose names say that they must not be missed."""
    total = sum(classes.values())
    return tuple(name for name, n in classes.items() if _sounds_critical(name) and n <= MOST_CRITICAL_SHARE * total)


def _sounds_critical(name: str) -> bool:
    said = normalised(name)
    denied = re.search(r"(^|_)(non?|not)_", said)  # non_urgent
    return not denied and any(re.search(rf"(^|_){word}", said) for word in CRITICAL_CLASSES)


def _segments(roles: Roles) -> tuple[str, ...]:
    """Return columns of the prediction log that are worth counting apart: a few texts each."""
    if roles.predictions.preset:
        return ()
    used = set(roles.predictions.mapping.columns.values())
    if roles.labels and roles.labels.relation is roles.predictions.relation:
        used |= set(roles.labels.mapping.columns.values())
    return tuple(c.name for c in roles.predictions.relation.columns if c.name not in used and _is_segment(c))


def _is_segment(column: Column) -> bool:
    return column.is_text and column.is_category and 1 < column.kinds <= MOST_SEGMENT_VALUES


def _no_rows(relations: tuple[Relation, ...]) -> str:
    seen = "; ".join(f"{r.name} ({', '.join(c.name for c in r.columns)})" for r in relations)
    return f"no row to look at in {seen}; point init to a log that has some"
