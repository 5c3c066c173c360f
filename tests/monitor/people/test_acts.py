"""What people do is kept once, however often and by however many it is handed over."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.incident import Event, State
from alerts.routing.matching import Matcher
from alerts.routing.route import Routing
from monitor.history import History
from monitor.people.acts import HELD_FOR, Acts
from tests.support.deliveries import Desk
from tests.support.history import rows
from tests.support.incidents import T0, incident, opened

MINUTE = timedelta(minutes=1)
DECIDED = Act(ActKind.ACKNOWLEDGE, "ada", T0, "k", T0 + HELD_FOR, "rolling back")


@pytest.fixture(params=["copied_sqlite", "postgres_url"], ids=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    url: str = request.getfixturevalue(request.param)
    history = History.open(url)
    desk = Desk(history, url, {}, routing=Routing(("slack",)))
    desk.put(opened())
    yield desk
    history.close()


def test_a_decision_that_several_hand_over_at_once_is_kept_once_and_runs_out_with_a_reminder(desk: Desk) -> None:
    acts = Acts(desk.history, ())
    with ThreadPoolExecutor(2) as pool:
        steps = list(pool.map(lambda _: acts.decide(incident(), DECIDED, accepted=True), range(4)))
    (step,) = filter(None, steps)
    assert (step.incident.acknowledged_by, step.incident.acknowledged_until) == ("ada", T0 + HELD_FOR)
    assert rows(desk.url, "SELECT action, accepted, note FROM decisions") == [("rollback_prompt", True, "rolling back")]
    assert rows(desk.url, "SELECT kind, by, note FROM acts") == [("acknowledge", "ada", "rolling back")]

    desk.outbox.plan(("slack",), T0 + HELD_FOR - MINUTE)
    assert desk.history.queries.incidents()[0].acknowledged_by == "ada"
    desk.outbox.plan(("slack",), T0 + HELD_FOR)
    assert desk.history.queries.incidents()[0].acknowledged_by is None
    assert desk.history.queries.incident_events(incident().id)[-1].event is Event.REMINDED


def test_a_silence_that_several_hand_over_at_once_is_one(desk: Desk) -> None:
    acts, act = Acts(desk.history, ()), Act(ActKind.SILENCE, "ada", T0, "s", T0 + HELD_FOR, "a release")
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: acts.silence(Matcher(check=("class_recall",)), act), range(4)))
    assert len({each.silence.id for each in made}) == 1
    assert made[0].covered == (incident().id,)
    assert rows(desk.url, "SELECT count(*) FROM silences") == [(1,)]


def test_nothing_is_decided_of_what_is_over(desk: Desk) -> None:
    desk.put(opened(id="quality-2", state=State.RESOLVED, resolved_at=T0))
    with pytest.raises(ActRefusedError, match="quality-2 is over"):
        Acts(desk.history, ()).decide(incident(id="quality-2"), DECIDED, accepted=False)
    assert rows(desk.url, "SELECT count(*) FROM decisions") == [(0,)]
