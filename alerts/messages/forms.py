"""The form that each kind of fact has in a sentence, by the name that templates call it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from alerts.messages.figures import days, lasting, milliseconds, percent, points, signed_points, support
from alerts.messages.figures import measured as _measured
from alerts.messages.names import short_name
from alerts.messages.numbers import score, span, when
from alerts.messages.outcomes import DONE
from checks.advice.deciding.model import Action
from checks.clauses.clause import Rated
from checks.statistics.intervals import Proportion


class Row(tuple[str, ...]):
    """Clauses in words: one after the other, or a list where a form says so."""

    __slots__ = ()


_OF_SPAN: Final = {"share": percent, "ms": milliseconds, "score": score}


def measured(figure: Proportion | Rated) -> str:
    """A share with its interval and what it rests on.

    >>> measured(Rated(Proportion(0.48, 700, 757), "pairs"))
    '48% (44–52%, n=757 pairs)'
    """
    return _measured(figure.share, figure.unit) if isinstance(figure, Rated) else _measured(figure)


def effect(figure: Sequence[float]) -> str:
    """A difference of shares and its bounds.

    >>> effect((-0.041, -0.05, 0.001))
    '-4.1 points (-5.0 to +0.1)'
    """
    value, low, high = (signed_points(each) for each in figure)
    return f"{value} points ({low} to {high})"


def interval(bounds: Sequence[float], of: str) -> str:
    """Two bounds, each a share, milliseconds or a score.

    >>> interval((0.04, 0.31), "share")
    '4–31%'
    """
    low, high = bounds
    return span(low, high, _OF_SPAN[of])


def and_list(names: Sequence[str]) -> str:
    """Names in a row, the last one after "and".

    >>> and_list(["a"]), and_list(["a", "b", "c"])
    ('a', 'a, b and c')
    """
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def whole_points(gap: float) -> str:
    """A difference of two shares, in whole percentage points.

    >>> whole_points(0.787), whole_points(0.01)
    ('79 points', '1 point')
    """
    whole = round(100 * gap)
    return f"{whole} point" if abs(whole) == 1 else f"{whole} points"


def between(bounds: Sequence[float]) -> str:
    """Bounds of a difference of two shares.

    >>> between((0.67, 0.88)), between((-0.15, 0.126))
    ('67 to 88 points', '-15 to 13 points')
    """
    low, high = bounds
    return f"{round(100 * low)} to {whole_points(high)}"


def capital(said: str) -> str:
    """A sentence's first letter."""
    return said[:1].upper() + said[1:]


def moment(at: datetime) -> str:
    """A UTC time to the minute, where its sentence says that it is UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


FORMS: Final[dict[str, Callable[..., str]]] = {
    # numbers
    "share": percent,
    "measured": measured,
    "effect": effect,
    "points": points,
    "whole_points": whole_points,
    "between": between,
    "interval": interval,
    "support": lambda n, *unit: support(n, " ".join(unit)),
    "ms": milliseconds,
    "score": score,
    "count": lambda n: f"{n:,.0f}",
    "plain": lambda n: f"{n:d}",
    "whole": lambda x: f"{x:.0f}",
    "tenths": lambda x: f"{x:.1f}",
    "times": lambda x: f"{x:.2f}",
    "digit": lambda x: f"{x:.1g}",
    "digits": lambda x: f"{x:.2g}",
    "quantity": lambda x: f"{x:.4g}",
    "setting": lambda x: f"{x:g}",
    # times
    "duration": lasting,
    "days": days,
    "when": when,
    "moments": lambda times: ", ".join(map(moment, times)),
    "argument": lambda at: f"{at:%Y-%m-%dT%H:%M}",
    # names, and the words of clauses
    "done": lambda action: DONE[Action(action)],
    "capital": lambda said: capital("".join(said)),
    "capital_list": lambda names: capital(and_list(names)),
    "sentences": lambda said: ". ".join(map(capital, said)),
    "commas": ", ".join,
    "semicolons": "; ".join,
    "words": " ".join,
    "list": and_list,
    "quoted": lambda names: ", ".join(f'"{name}"' for name in names),
    "as_names": lambda names: ", ".join(f"'{short_name(name)}'" for name in names),
    "as_data": lambda names: ", ".join(map(repr, names)),
}
"""A fact without a form is a name, or clauses; whatever takes names takes clauses as well."""


def form(fact: Any, spec: str) -> str:  # noqa: ANN401 - a fact, whose clauses are words already
    """A fact in the form that a template asks for: the form's name, and its arguments after spaces.

    Raises TypeError where the fact is not what the form is of, and KeyError for a form that there is none.
    """
    if not spec:
        if isinstance(fact, str):
            return fact
        if isinstance(fact, Row):
            return "".join(fact)
        message = f"{fact!r} is written in no form; name one of {', '.join(sorted(FORMS))} in the template"
        raise TypeError(message)
    name, *arguments = spec.split()
    return FORMS[name](fact, *arguments)
