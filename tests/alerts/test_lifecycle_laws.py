"""What holds of every story that findings can tell."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.incident import Event, Incident, State, Transition
from alerts.lifecycle import advance
from alerts.policy import Policy
from checks.advice.deciding.model import Action
from checks.rules.finding import Finding, Verdict
from tests.support.incidents import T0, advice, clear, finding, fine

SUBJECTS = (("class_recall", "urgent"), ("accuracy", "overall"), ("latency", "p95"), ("traffic", "predictions"))
POLICY = Policy(
    hold=timedelta(minutes=30), recover=timedelta(hours=3), reopen_within=timedelta(hours=6), stale=timedelta(hours=12)
)

ENOUGH = settings(max_examples=60)  # stories of up to 30 cycles of four subjects

Cycle = tuple[datetime, tuple[Finding, ...], Action]


def _finding(subject: tuple[str, str], kind: str, now: datetime) -> Finding | None:
    made = {
        "critical": finding(*subject, now=now),
        "warning": finding(*subject, now=now, verdict=Verdict.WARNING),
        "fine": fine(*subject, now=now),
        "clear": clear(*subject, now=now),
        "provisional": clear(*subject, now=now, provisional=True),
        "no data": fine(*subject, now=now, verdict=Verdict.NOT_ENOUGH_DATA, value=None),
    }
    return made.get(kind)


@st.composite
def stories(draw: st.DrawFn) -> list[Cycle]:
    kinds = st.sampled_from(
        ["critical", "warning", "fine", "clear", "clear", "clear", "provisional", "no data", "gone"]
    )
    now, cycles = T0, []
    for _ in range(draw(st.integers(1, 30))):
        now += timedelta(minutes=draw(st.sampled_from([15, 60, 240])))
        found = [_finding(subject, draw(kinds), now) for subject in SUBJECTS]
        action = draw(st.sampled_from([Action.ROLLBACK_PROMPT, Action.REVISE_PROMPT, Action.NONE]))
        cycles.append((now, tuple(f for f in found if f), action))
    return cycles


def play(cycles: list[Cycle]) -> list[tuple[Transition, ...]]:
    incidents: dict[str, Incident] = {}
    told = []
    for now, findings, action in cycles:
        steps = advance(tuple(incidents.values()), findings, lambda _, a=action: advice(a), now, POLICY, "bot")  # type: ignore[misc]
        incidents |= {step.incident.id: step.incident for step in steps}
        told.append(steps)
    return told


@ENOUGH
@given(stories())
def test_a_replay_tells_the_same_story(cycles: list[Cycle]) -> None:
    assert play(cycles) == play(cycles)


@ENOUGH
@given(stories())
def test_the_order_of_findings_does_not_matter(cycles: list[Cycle]) -> None:
    assert play(cycles) == play([(now, findings[::-1], action) for now, findings, action in cycles])


@ENOUGH
@given(stories())
def test_a_stream_without_alarms_takes_no_step(cycles: list[Cycle]) -> None:
    quiet = [(now, tuple(f for f in findings if not f.verdict.is_alarm), action) for now, findings, action in cycles]

    assert not any(play(quiet))


@ENOUGH
@given(stories())
def test_a_monitor_has_at_most_one_unresolved_incident_of_a_family(cycles: list[Cycle]) -> None:
    incidents: dict[str, Incident] = {}
    for steps in play(cycles):
        incidents |= {step.incident.id: step.incident for step in steps}
        unresolved = [i.family for i in incidents.values() if i.state is not State.RESOLVED]
        assert len(unresolved) == len(set(unresolved))


@ENOUGH
@given(stories())
def test_nothing_is_resolved_while_its_family_alarms(cycles: list[Cycle]) -> None:
    for (_, findings, _), steps in zip(cycles, play(cycles), strict=True):
        alarming = {f.key for f in findings if f.verdict.is_alarm}
        for step in steps:
            if step.event is Event.RESOLVED:
                assert not alarming & {f.key for f in step.incident.findings}


@ENOUGH
@given(stories())
def test_an_alarming_incident_is_pending_or_firing(cycles: list[Cycle]) -> None:
    for (now, _, _), steps in zip(cycles, play(cycles), strict=True):
        for step in steps:
            if any(f.verdict.is_alarm and f.window_end == now for f in step.incident.findings):
                merged = step.incident.state is State.RESOLVED and step.incident.opened_at is None
                assert merged or step.incident.state in {State.PENDING, State.FIRING}


@ENOUGH
@given(stories())
def test_events_of_an_incident_come_in_a_sensible_order(cycles: list[Cycle]) -> None:
    open_now: dict[str, bool] = {}
    for step in (step for steps in play(cycles) for step in steps if step.event):
        was_open = open_now.get(step.incident.id)
        match step.event:
            case Event.OPENED:
                assert was_open is None
            case Event.REOPENED:
                assert was_open is False
            case _:
                assert was_open is True
        open_now[step.incident.id] = step.event is not Event.RESOLVED


@ENOUGH
@given(stories())
def test_an_incident_takes_at_most_one_step_in_a_cycle(cycles: list[Cycle]) -> None:
    for steps in play(cycles):
        ids = [step.incident.id for step in steps]
        assert len(ids) == len(set(ids))


@ENOUGH
@given(stories())
def test_severity_only_falls_when_an_incident_reopens(cycles: list[Cycle]) -> None:
    severity: dict[str, Verdict] = {}
    for step in (step for steps in play(cycles) for step in steps):
        before = severity.get(step.incident.id)
        if before is Verdict.CRITICAL and step.incident.state is State.FIRING and step.incident.opened_at != step.at:
            assert step.event is Event.REOPENED or step.incident.severity is Verdict.CRITICAL
        severity[step.incident.id] = step.incident.severity


@ENOUGH
@given(stories(), st.integers(1, 5))
def test_a_cycle_that_sees_the_same_again_tells_nothing_new(cycles: list[Cycle], times: int) -> None:
    now, findings, action = cycles[-1]
    same = [(now + timedelta(minutes=i), findings, action) for i in range(1, times + 1)]
    repeated = play(cycles + same)[len(cycles) :]

    # What waited for its time may still be told (a hold, an advice that settles), but only once.
    events = [(step.incident.id, step.event) for steps in repeated for step in steps if step.event]
    assert len(events) == len(set(events))
