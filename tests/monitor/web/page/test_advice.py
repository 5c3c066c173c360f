"""The page of advice: what was advised, decided, done, and what came of it."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from checks.advice.deciding.model import Action
from checks.outcome.judge import Effect, Result, Worked
from checks.outcome.traffic import Act
from checks.outcome.trial import Decision, Trial
from checks.statistics.intervals import Proportion
from monitor.history import CycleRecord, History
from monitor.web.page.app import Pages
from monitor.web.page.watched import Watched
from tests.monitor.history.writing.test_trials import CRITERION
from tests.support.history import at
from tests.support.incidents import HOUR, T0, advice, opened

EFFECT = Effect.between(Proportion(0.12, 39, 39), Proportion(0.92, 25, 25))


@pytest.fixture
def history(copied_sqlite: str) -> Iterator[History]:
    history = History.open(copied_sqlite)
    yield history
    history.close()


def shown(history: History, path: str = "/advice") -> str:
    watched = (Watched("bot", 0.85, {}, {}), Watched("other", None, {}, {}))
    page = TestClient(Pages(history, watched, dict).app(), "http://127.0.0.1").get(path)
    assert page.status_code == 200
    return html.unescape(page.text)


def test_what_was_done_is_shown_with_its_verdict_and_interval(history: History) -> None:
    step = opened(monitor="bot")
    decision = Decision(accepted=True, at=T0 + HOUR, by="ada", note="rolling back")
    act = Act(at(50), came=(("m1", "p1"),), settled=at(51))
    trial = Trial(step.incident.id, CRITERION, decision, act)
    over = replace(trial, result=Result(Worked.WORKED, "It went up.", EFFECT))
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(48), (), (), (step,)))
        transaction.keep_trial(trial)
    waiting = shown(history)
    with history.transaction("bot") as transaction:
        (kept,) = transaction.trials()
        transaction.keep_trial(over, kept.key)

    page = shown(history)

    assert "not known yet: before and after are not compared yet" in waiting
    assert "the advice worked" in page
    assert "It went up." in page
    assert "Roll the prompt back to the version before" in page
    assert "accepted by ada, 2026-03-29 07:00 UTC: rolling back" in page
    assert "model m1, prompt p1 took over 2026-03-03 02:00 UTC, wholly 2026-03-03 03:00 UTC" in page
    assert re.search(r"recall of urgent from 12% \(n=39\) to 92% \(n=25\): \+80.0 points, 95% interval \+\d", page)
    assert f'<a href="/incidents/{step.incident.id}">CRITICAL quality incident, firing</a>' in page
    assert "Recall of urgent was 12% (n=61) and is to reach 80%; a rise of 34.0 points counts" in page
    assert re.search(r'<th scope="row">roll the prompt back.*?<td class="number">1</td><td class="number">1</td>', page)
    assert "100% (21–100%)" in page


@pytest.mark.parametrize(
    ("worked", "level", "said"),
    [
        (Worked.PARTLY, "warning", "the advice worked in part"),
        (Worked.NO_EFFECT, "warning", "the advice had no effect that can be shown"),
        (Worked.HARMED, "critical", "the advice did harm"),
        (Worked.TOO_EARLY, "unknown", "whether the advice worked cannot be told"),
        (Worked.NOT_TRIED, "unknown", "not tried"),
    ],
)
def test_each_verdict_has_a_word_and_a_look(history: History, worked: Worked, level: str, said: str) -> None:
    step = opened(monitor="bot")
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(at(48), (), (), (step,)))
        transaction.keep_trial(Trial(step.incident.id, CRITERION, result=Result(worked, "So it was.")))

    page = shown(history, "/monitors/bot/advice")

    assert f'<article class="card {level} advised">' in page
    assert said in page


def test_advice_that_nothing_can_be_held_to_is_there_too(history: History) -> None:
    unsettled = advice(Action.NONE, abstained=True, experiment="label 100 more", score=0.0, runner_up=None)
    with history.transaction("other") as transaction:
        transaction.record(CycleRecord(at(48), (), (), (opened(monitor="other", advice=unsettled),)))

    page = shown(history)

    assert "The evidence does not settle what to do" in page
    assert "To find out: label 100 more" in page
    assert "nobody said whether they would" in page
    assert "Nothing was advised yet." in shown(history, "/monitors/bot/advice")
