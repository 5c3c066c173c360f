"""The configuration that is proposed for a log, before it is written."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from monitor.common.errors import SourceError
from monitor.onboarding.initialise.guess import normalised
from monitor.onboarding.initialise.look import Look, looking
from monitor.onboarding.initialise.relation import Relation
from monitor.onboarding.initialise.roles import Chosen, Roles, choose_roles
from monitor.onboarding.initialise.values import Column
from monitor.onboarding.initialise.words import CRITICAL_CLASSES

MOST_SEGMENT_VALUES: Final = 20
RARE: Final = 0.10  # share of messages
MOST_CRITICAL_SHARE: Final = 0.30  # a class that is commoner than this is not an exception, whatever its name


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the log seems to be. `classes` counts rows by label (or by predicted class where there are no labels).

    `url` may hold a password: `render` leaves it out.
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

    @property
    def rare(self) -> tuple[str, ...]:
        """Classes that are seldom and not proposed as critical, the rarest first."""
        total = sum(self.classes.values())
        seldom = [name for name, n in self.classes.items() if n < RARE * total and name not in self.critical]
        return tuple(reversed(seldom))


def propose(sources: Sequence[str]) -> Proposal:
    """Look at a database URL, a database file, or data files, directories and globs, and propose a configuration.

    Raises SourceError where they cannot be read, or where nothing in them looks like a prediction log.
    """
    with looking(sources) as look:
        roles = choose_roles(look.relations, look.questions)
        if roles is None:
            raise SourceError(_nothing_found(look.relations))
        return _proposal(look, roles)


def _proposal(look: Look, roles: Roles) -> Proposal:
    one, other = roles.predictions, roles.labels
    if other:
        classes = look.questions.classes(other.relation, other.mapping.columns["label"])
    else:
        classes = look.questions.classes(one.relation, one.mapping.columns["predicted"])
    used = {id(one.relation)} | ({id(other.relation)} if other else set())
    return Proposal(
        url=look.url,
        predictions=one,
        labels=other,
        share_found=roles.share_found,
        span=look.questions.span(one.relation, one.mapping.columns["at"]),
        classes=classes,
        critical=_critical(classes),
        segments=_segments(roles),
        others=tuple(relation for relation in look.relations if id(relation) not in used),
        passed_over=look.passed_over,
    )


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
    used = set(roles.predictions.mapping.columns.values())
    if roles.labels and roles.labels.relation is roles.predictions.relation:
        used |= set(roles.labels.mapping.columns.values())
    return tuple(c.name for c in roles.predictions.relation.columns if c.name not in used and _is_segment(c))


def _is_segment(column: Column) -> bool:
    return column.is_text and column.is_category and 1 < column.distinct <= MOST_SEGMENT_VALUES


def _nothing_found(relations: tuple[Relation, ...]) -> str:
    seen = "; ".join(f"{r.name} ({', '.join(c.name for c in r.columns)})" for r in relations)
    return (
        "nothing here looks like a prediction log, which needs an id, a time and a predicted class in each row. "
        f"Found: {seen}. Write the mapping by hand: examples/tunewatch.yaml shows how"
    )
