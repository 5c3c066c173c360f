"""A history of everything that analysts ask about, small, and the same on every engine."""

from dataclasses import replace

from alerts.acts import Act, ActKind
from alerts.incident import Event, Reason, State, Transition
from checks.advice.deciding.model import Action
from checks.metrics.line import MetricLine
from checks.outcome.criterion import Criterion, Kind
from checks.outcome.judge import Result, Worked
from checks.outcome.trial import Trial
from monitor.history import CycleRecord, History
from monitor.log.counts import ProblemRow
from tests.support.history import T0, at, estimate, outcome, put, random_counts
from tests.support.incidents import clear, finding, incident

MONITOR = "support-bot"
SEGMENTS = (
    outcome(3, "billing", "billing", 3, segment="channel", value="voice"),
    outcome(3, "billing", "urgent", 40, segment="channel", value="voice"),
    outcome(3, "billing", "billing", 9, segment="channel", value="web"),
)
CRITERION = Criterion(
    action=Action.ROLLBACK_PROMPT,
    kind=Kind.RECALL,
    class_name="urgent",
    frozen_at=at(47),
    window_start=at(0),
    window_end=at(47),
    value=0.12,
    n=61,
    goal=0.8,
    min_effect=0.34,
    needed=20,
    answering=((("m1", "p1"), 1.0),),
)


def fill(url: str) -> None:
    """Make the history of a bot: 60 hours of counts, five looks, an incident that came back, and advice that worked."""
    history = History.open(url)
    try:
        counts = random_counts(5, range(60))
        corrected = ProblemRow(T0, "corrected_label", 2)
        put(
            history,
            replace(counts, outcomes=(*counts.outcomes, *SEGMENTS), problems=(*counts.problems, corrected)),
            monitor=MONITOR,
        )
        put(history, random_counts(7, range(30)), monitor="other-bot")
        for hour in (47, 48, 48.5, 49, 50):
            with history.transaction(MONITOR) as transaction:
                transaction.record(CycleRecord(at(hour), lines(hour), (finding(), clear("a", "b")), steps(hour)))
        with history.transaction(MONITOR) as transaction:
            trial = Trial(incident().id, CRITERION)
            transaction.keep_trial(replace(trial, result=Result(Worked.WORKED, "recall came back")))
        with history.transaction(MONITOR) as transaction:
            act = Act(ActKind.FALSE_ALARM, "ann", at(51), "1", note="a test")
            transaction.act(incident().id, act, ())
    finally:
        history.close()


def lines(hour: float) -> tuple[MetricLine, ...]:
    """What is believed at a look: of everything, of a class, and of a version."""
    return (
        estimate("accuracy", 0.8 + hour / 1e4),
        estimate("recall", 0.9 + hour / 1e5, "urgent"),
        estimate("recall", 0.7, "urgent", slice="prompt_version=p2"),
        estimate("precision", 0.6, "urgent"),
        estimate("estimated_accuracy", 0.7),
        estimate("coverage", None),
    )


def steps(hour: float) -> tuple[Transition, ...]:
    """Opened, acknowledged, over, and back."""
    it = replace(incident(), since=at(46), onset=at(40), opened_at=at(47), updated_at=at(hour))
    taken = replace(it, acknowledged_by="ann")
    over = replace(taken, state=State.RESOLVED, resolved_at=at(48.5))
    found = {
        47: Transition(it, Event.OPENED, at(47), Reason.ALARM_FIRED, it.findings),
        48: Transition(taken, Event.ACKNOWLEDGED, at(48), Reason.SOMEBODY_ACKNOWLEDGED),
        48.5: Transition(over, Event.RESOLVED, at(48.5), Reason.SOMEBODY_RESOLVED),
        49: Transition(taken, Event.REOPENED, at(49), Reason.ALARM_RETURNED),
    }
    return (found[hour],) if hour in found else ()
