"""The brief for people: `brief.md`."""

from checks.advice.deciding.model import Action
from monitor.actions.brief.document import Brief
from monitor.actions.brief.examples import Failing
from monitor.actions.brief.promptfoo import CONFIG
from monitor.actions.markdown import document

_ROLLBACKS = (Action.ROLLBACK_PROMPT, Action.ROLLBACK_MODEL, Action.ROLLBACK_RELEASE)


def render_markdown(brief: Brief) -> str:
    """The file."""
    cases = brief.tests.cases
    guards = sum(case.guards for case in cases)
    return document(
        "brief/brief.md.jinja",
        brief=brief,
        alarms=[finding for finding in brief.incident.findings if finding.verdict.is_alarm],
        is_rollback=brief.incident.advice.action in _ROLLBACKS,
        told=_told,
        fence="~" * (3 + brief.proposal.text.count("~~~")),
        promptfoo=CONFIG,
        n_failing=len(cases) - guards,
        n_guards=guards,
        n_held_out=sum(case.is_held_out for case in cases),
    )


def _told(failing: Failing) -> str:
    confidence = failing.message.row.confidence
    said = [] if confidence is None else [f"confidence {confidence:.2f}"]
    said += ["held out for testing"] if failing.is_held_out else []
    return f" ({', '.join(said)})" if said else ""
