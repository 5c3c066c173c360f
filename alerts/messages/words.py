"""Findings, advice and steps in plain words."""

from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.messages.acts import AGAIN, act_in_words
from alerts.messages.advising import recommendation
from alerts.messages.figures import lasting
from alerts.messages.gaps import GAPS, gap
from alerts.messages.names import short_name
from alerts.messages.numbers import estimate, format_of, when
from checks.outcome.judge import Worked
from checks.outcome.trial import Decision
from checks.rules.finding import DELIVERY, LOOK, Cause, Finding, Verdict
from checks.rules.registry import row_of
from checks.rules.row import CheckRow, Subjects

ICONS = {
    Verdict.CRITICAL: "🔴",
    Verdict.WARNING: "🟠",
    Verdict.OK: "🟢",
    Verdict.NOT_ENOUGH_DATA: "⚪",
}
"""Beside a word, never instead of one: not everybody sees colours."""

WORDS = {
    Verdict.CRITICAL: "CRITICAL",
    Verdict.WARNING: "WARNING",
    Verdict.OK: "ok",
    Verdict.NOT_ENOUGH_DATA: "too few data",
}

STATES = {
    State.PENDING: "seen, not yet certain",
    State.FIRING: "firing",
    State.RECOVERING: "recovering (clear, but not for long enough yet)",
    State.RESOLVED: "resolved",
}

_LABEL_SUBJECTS = {
    "silence": "time without a new label",
    "coverage": "share of predictions labelled",
    "delay": "delay of labels",
}
_RELEVANCE_SUBJECTS = {"all": "relevance", "low_share": "share of low relevance"}
_NO_METRIC = frozenset({"label_health", "log_health", "model_retirement", "traffic"})
"""Checks whose value means little without words: hours of silence, a multiple of the usual, days that are left."""

_WATCH = frozenset({"log_health", DELIVERY})
"""Checks whose findings are sentences, with a number or without."""

_OWN_WORDS = _NO_METRIC | {"accuracy_paradox", "drift", "generalisation_gap", "leakage", "prompt_bias", "relevance"}
"""Checks whose message knows more than the numbers of the finding: the accuracy that looks fine, what is usual."""

_NAMES_ITS_SPAN = frozenset({"traffic", "drift", "leakage", "label_health", "model_retirement"})
"""Checks whose message says of which time it is, or is of no window."""

PARADOX = "accuracy paradox"
"""What it is called where accuracy looks fine while a class is missed."""

_EVERYTHING = frozenset({"", "all", "overall", "predictions"})


def subject(finding: Finding) -> str:
    """What a finding is about: `recall of urgent`, with the slice where it is not of everything."""
    if finding.check == LOOK:
        return "tunewatch's look at the log"
    if finding.cause is Cause.CRASHED:
        return f"tunewatch's own check {finding.check}"
    if finding.check == "label_health" and finding.subject in _LABEL_SUBJECTS:
        name = _LABEL_SUBJECTS[finding.subject]
    elif finding.check == "relevance" and finding.subject in _RELEVANCE_SUBJECTS:
        name = _RELEVANCE_SUBJECTS[finding.subject]
    elif finding.check == "accuracy_paradox":
        name = (f"{PARADOX}: " if finding.cause is Cause.PARADOX else "") + f"recall of {short_name(finding.subject)}"
    else:
        name = _named(finding, row_of(finding.check))
    return name if finding.slice == "all" else f"{name} [{short_name(finding.slice)}]"


def _named(finding: Finding, row: CheckRow) -> str:
    """The measure of a check, and which of its subjects."""
    match row.subjects:
        case Subjects.QUANTILES:
            return f"{row.noun} {finding.subject}"
        case Subjects.PARTS if finding.subject not in _EVERYTHING:
            return f"{row.noun} of {short_name(finding.subject)}"
        case Subjects.CLASSES:
            return f"{row.noun} of {short_name(finding.subject)}"
    return row.noun


def problem(finding: Finding) -> str:
    """A finding as one sentence with all its numbers; the check's own words where those say more."""
    if finding.check in _WATCH and finding.message:
        return finding.message
    if finding.value is None:
        return f"{subject(finding)}: {finding.message or 'no data'}"
    if finding.check in _OWN_WORDS and finding.message:
        paradox = f"{PARADOX}: " if finding.cause is Cause.PARADOX else ""
        return paradox + (f"{last}, " if (last := _last(finding)) else "") + finding.message + _doubt(finding)
    value = " ".join(filter(None, (f"{subject(finding)} is {estimate(finding)}", _last(finding))))
    parts = [value, _limit(finding), _reference(finding)]
    return ", ".join(part for part in parts if part) + _doubt(finding)


def _last(finding: Finding) -> str:
    """The window that a figure is of, where its words do not name it: figures of other spans stand beside it."""
    if finding.check in _NAMES_ITS_SPAN:
        return ""
    return f"over the last {lasting(finding.window_end - finding.window_start)}"


def _doubt(finding: Finding) -> str:
    return " (provisional)" if finding.provisional else ""


def short_problem(finding: Finding, *, limit: bool = True) -> str:
    """A finding for a headline: subject, value and, unless it is left out, its limit."""
    if finding.check == LOOK:
        return "tunewatch cannot see" if finding.verdict.is_alarm else "tunewatch sees again"
    if finding.check in _WATCH and finding.message:
        return finding.message
    if finding.value is None:
        return subject(finding)
    if finding.check in _NO_METRIC and finding.message:
        return finding.message
    if finding.check == "drift":
        known = limit and finding.threshold is not None
        held = f", limit {format_of(finding)(finding.threshold)}" if known and finding.threshold is not None else ""
        what = "messages" if finding.subject == "text" else f"traffic by {finding.subject}"
        return f"drift: at least {format_of(finding)(finding.value)} of the {what} is unlike the reference{held}"
    short = gap(finding) if finding.check in GAPS else f"{subject(finding)} {format_of(finding)(finding.value)}"
    return ", ".join(filter(None, (short, _limit(finding) if limit else "")))


def limit_in_words(finding: Finding) -> str:
    """The limit that a headline names; "" where the finding has none, or words of its own."""
    words = (finding.check in _WATCH | _NO_METRIC and finding.message) or finding.value is None
    return "" if words or finding.check in (LOOK, "drift") else _limit(finding)


def paradox_of(incident: Incident) -> str:
    """`accuracy paradox: ` where an alarm of the incident says that it is one, and the first finding does not."""
    first = incident.findings[0]
    is_one = any(each.cause is Cause.PARADOX and each.subject == first.subject for each in alarming(incident))
    return f"{PARADOX}: " if is_one and first.cause is not Cause.PARADOX else ""


def _limit(finding: Finding) -> str:
    if finding.threshold is None:
        return ""
    limit = format_of(finding)(finding.threshold)
    match finding.cause:
        case Cause.BELOW_FLOOR | Cause.PARADOX:
            return f"floor {limit}"
        case Cause.BELOW_REFERENCE:
            return f"at least {limit} expected"
        case Cause.ABOVE_REFERENCE:
            return f"at most {limit} expected"
        case _:
            return f"limit {limit}"


def _reference(finding: Finding) -> str:
    return "" if finding.reference is None else f"was {format_of(finding)(finding.reference)} in the reference"


def alarming(incident: Incident) -> tuple[Finding, ...]:
    """The findings that alarm, worst first."""
    return tuple(finding for finding in incident.findings if finding.verdict.is_alarm)


def worst(incident: Incident) -> Finding:
    """The finding to show first."""
    return incident.findings[0]


_NEWS = {
    Reason.SEVERITY_ROSE: "escalated",
    Reason.ADVICE_CHANGED: "other advice",
    Reason.STAYED_CLEAR: "every finding stayed clear",
    Reason.WENT_STALE: "closed without proof, its checks have had no data for long",
    Reason.ALARM_RETURNED: "it is back",
}


def news(step: Transition) -> str:
    """What a step tells, in a few words."""
    if step.reason is Reason.ALARM_JOINED:
        joined = "another alarm" if len(step.joined) == 1 else f"{len(step.joined)} more alarms"
        return f"{joined}, and other advice" if step.advises_anew else joined
    if step.reason is Reason.DAY_NEARER:
        return _days_left(step.joined[0])
    if step.decision is not None:
        return decided(step.decision)
    if step.reason.is_of_somebody:
        return act_in_words(step.act) if step.act else f"acknowledged by {step.incident.acknowledged_by or 'somebody'}"
    if step.outcome is not None:
        return OUTCOMES[step.outcome.worked]
    return (_NEWS | AGAIN).get(step.reason, str(step.event or Event.UPDATED))


def _days_left(nearest: Finding) -> str:
    left = nearest.value or 0.0
    said = f"{format_of(nearest)(left)} left" if left > 0 else "the day has come"
    return f"{short_name(nearest.subject)}: {said}"


OUTCOMES = {
    Worked.WORKED: "the advice worked",
    Worked.PARTLY: "the advice worked in part",
    Worked.NO_EFFECT: "the advice had no effect that can be shown",
    Worked.HARMED: "the advice did harm",
    Worked.TOO_EARLY: "whether the advice worked cannot be told",
}
"""What came of an action, in a few words."""


def decided(decision: Decision) -> str:
    """Who decided what, and why."""
    word = "accepted" if decision.accepted else "rejected"
    return f"{word} by {decision.by}" + (f": {decision.note}" if decision.note else "")


def action(step: Transition) -> str:
    """What to do after a step."""
    if step.outcome is not None and step.outcome.worked is Worked.HARMED:
        return "Undo it"
    if step.reason is Reason.WENT_STALE:
        return "Find out why its checks have no data"
    if step.incident.state is State.RESOLVED:
        return "Nothing left to do"
    return recommendation(step.incident.advice, step.incident.findings)


def since(incident: Incident) -> str:
    """When it alarmed first, and when it ended."""
    if incident.resolved_at is not None:
        return f"the incident lasted from {when(incident.since)} to {when(incident.resolved_at)}"
    return f"the incident began {when(incident.since)}"
