"""From clauses to words: what checks and advice say, as people read it."""

from enum import StrEnum
from string import Formatter
from typing import Any, Final

from alerts.messages.estimates import REFUSALS
from alerts.messages.findings import FINDINGS
from alerts.messages.forms import Row, form
from alerts.messages.names import short_name
from alerts.messages.outcomes import OUTCOMES
from alerts.messages.signals import SIGNALS
from checks.advice.deciding.model import Advice, Signal, Veto
from checks.advice.deciding.signal_clause import SignalClause
from checks.before_labels.refused import RefusalClause
from checks.clauses.clause import Clause, Clauses, Fact
from checks.outcome.judge import Result
from checks.outcome.outcome_clause import OutcomeClause
from checks.rules.finding import Finding
from checks.rules.finding_clause import FindingClause

TEMPLATES: Final[dict[type[StrEnum], dict[Any, str]]] = {
    FindingClause: FINDINGS,
    RefusalClause: REFUSALS,
    SignalClause: SIGNALS,
    OutcomeClause: OUTCOMES,
}
"""The words of every clause, by the enum of its kind."""


class _Writer(Formatter):
    """Fills a template in, each fact in the form that it names."""

    def format_field(self, value: Any, format_spec: str) -> str:  # noqa: ANN401 - Formatter's
        """One fact in its form."""
        return form(value, format_spec)


_WRITER: Final = _Writer()


def text(said: Clauses) -> str:
    """Clauses in words, one after the other."""
    return "".join(_one(each) for each in said)


def worded(finding: Finding[Clauses]) -> Finding:
    """The finding with its message in words, as people are told of it and as the history keeps it."""
    return finding.told(text(finding.message))


def advised(advice: Advice[Clauses]) -> Advice:
    """The advice in words, as people are told of it and as the history keeps it."""
    return Advice(
        action=advice.action,
        score=advice.score,
        runner_up=advice.runner_up,
        reasons=tuple(map(text, advice.reasons)),
        abstained=advice.abstained,
        experiment=text(advice.experiment),
        signals=tuple(signal_in_words(each) for each in advice.signals),
        contributions=advice.contributions,
        vetoes=tuple(Veto(each.action, each.gate, text(each.sentence)) for each in advice.vetoes),
        change=advice.change,
    )


def signal_in_words(signal: Signal[Clauses]) -> Signal:
    """A signal with its sentence."""
    return Signal(signal.name, signal.family, signal.holds, text(signal.sentence), signal.numbers)


def concluded(result: Result[Clauses]) -> Result:
    """The verdict in words, as people are told of it and as the history keeps it."""
    return Result(result.worked, text(result.sentence), result.effect, result.others, result.beyond)


def template(clause: Clause) -> str:
    """The words of a clause, without its facts."""
    return TEMPLATES[type(clause.kind)][clause.kind]


def _one(clause: Clause) -> str:
    return _WRITER.vformat(template(clause), (), {name: _readable(name, fact) for name, fact in clause.facts})


_NAMED: Final = frozenset(
    {"column", "label", "model", "name", "names", "newer", "older", "predicted", "prompt", "value"}
)
"""Facts that are names of others: as long as their users like."""


def _readable(name: str, fact: Fact) -> Any:  # noqa: ANN401 - what a form takes
    """The fact, or the words of the clauses in it; a name is clipped in its middle, and a sentence never."""
    match fact:
        case str() if name in _NAMED:
            return short_name(fact)
        case tuple() if name in _NAMED and all(isinstance(each, str) for each in fact):
            return tuple(short_name(str(each)) for each in fact)
        case Clause():
            return _one(fact)
        case tuple() if all(isinstance(each, Clause) for each in fact):
            return Row(_one(each) for each in fact if isinstance(each, Clause))
        case _:
            return fact
