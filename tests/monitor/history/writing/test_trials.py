"""Trials and decisions in the history, on each of its databases."""

from dataclasses import replace
from datetime import timedelta

from alerts.incident import Event, Reason, State, Transition
from checks.advice.deciding.model import Action
from checks.outcome.criterion import Criterion, Kind
from checks.outcome.judge import Result, Worked
from checks.outcome.trial import Decision, Trial
from monitor.history import CycleRecord, History
from tests.support.history import SPEC, at, counts, latency, outcome, put, rows
from tests.support.incidents import opened

CRITERION = Criterion(
    action=Action.ROLLBACK_PROMPT,
    kind=Kind.RECALL,
    class_name="urgent",
    frozen_at=at(48),
    window_start=at(0),
    window_end=at(48),
    value=0.12,
    n=61,
    goal=0.8,
    min_effect=0.34,
    needed=20,
    answering=((("m1", "p1"), 1.0),),
)


def begin(history: History) -> Transition:
    """An incident that was told, and a trial of its advice."""
    step = opened(monitor="bot")
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(48), (), (), (step,), ("console",)))
        transaction.keep_trial(Trial(step.incident.id, CRITERION))
    return step


def test_a_trial_is_kept_as_it_is_until_it_is_over(history: History) -> None:
    step = begin(history)
    with history.transaction("bot") as transaction:
        (kept,) = transaction.trials()
        assert kept.trial == Trial(step.incident.id, CRITERION)
        over = replace(kept.trial, result=Result(Worked.NO_EFFECT, "nothing came of it"))
        transaction.keep_trial(over, kept.key)
        assert transaction.trials() == ()


def test_a_decision_is_kept_told_and_handed_to_the_trial(url: str, history: History) -> None:
    step = begin(history)
    decision = Decision(accepted=True, at=at(50), by="ada", note="rolling back")
    taken = replace(step.incident, acknowledged_by="ada")
    with history.transaction("bot") as transaction:
        told = Transition(taken, Event.ACKNOWLEDGED, at(50), Reason.SOMEBODY_ACKNOWLEDGED, decision=decision)
        transaction.decide(told, ("console",))
        (kept,) = transaction.trials()
    assert kept.trial.decision == decision
    assert rows(url, "SELECT accepted, note FROM decisions") == [(True, "rolling back")]
    assert [event.event for event in history.queries.incident_events(step.incident.id)][-1] is Event.ACKNOWLEDGED
    assert rows(url, "SELECT count(*) FROM notifications WHERE event_id = (SELECT max(id) FROM incident_events)") == [
        (1,)
    ]


def test_counts_are_of_whole_buckets_between_two_times(history: History) -> None:
    log = [outcome(hour, "urgent", "urgent", 2, prompt_version="p1" if hour < 5 else "p2") for hour in range(8)]
    put(history, counts(range(8), *log, latency=tuple(latency(hour) for hour in range(8))))
    with history.transaction("bot") as transaction:
        followed = transaction.followed(SPEC)
        part = followed.part(at(2.5), at(6))
        assert {(cell.prompt_version, cell.n) for cell in part.outcomes} == {("p1", 4), ("p2", 2)}
        assert sum(cell.n for cell in part.latency) == 3
        traffic = followed.traffic(at(4.5))
        assert [bucket.start for bucket in traffic] == [at(4), at(5), at(6), at(7)]
        assert traffic[0].n == ((("m1", "p1"), 2),)


def test_an_incident_takes_its_trials_and_decisions_along_when_it_is_forgotten(url: str, history: History) -> None:
    step = begin(history)
    ended = replace(step.incident, resolved_at=at(60), state=State.RESOLVED)
    with history.transaction("bot") as transaction:
        transaction.decide(
            Transition(
                step.incident,
                Event.ACKNOWLEDGED,
                at(50),
                Reason.SOMEBODY_ACKNOWLEDGED,
                decision=Decision(accepted=False, at=at(50), by="ada"),
            ),
            (),
        )
        transaction.record(CycleRecord(at(60), (), (), (Transition(ended, None, at(60), Reason.STAYED_CLEAR),)))
    history.purge(at(60) + timedelta(days=1))
    assert rows(url, "SELECT count(*) FROM advice_outcomes") == [(0,)]
    assert rows(url, "SELECT count(*) FROM decisions") == [(0,)]
