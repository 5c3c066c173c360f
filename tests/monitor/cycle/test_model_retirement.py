"""A model that is turned off: what is told of it, day by day, of a log without labels."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.acts import Act, ActKind
from alerts.channels.alertmanager.payload import alert
from alerts.incident import Event, Reason, Transition
from alerts.messages.message import Message, reply_message, root_message
from checks.rules.family import Family
from checks.rules.finding import Verdict
from config.loading import load
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.cycle import Monitor, run_cycle
from monitor.history import History

RETIRES = datetime(2026, 6, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
MOVED = RETIRES - 5 * DAY  # m2 takes over in the log of a team that acted

CONFIG = """\
history: {{url: "sqlite:///{folder}/history.db"}}
monitors:
  bot:
    source:
      predictions:
        files: {folder}/predictions.csv
        columns: {{id: id, at: at, predicted: predicted, model_version: model}}
    model_versions: {facts}
    reference: 14d
    lookback: 30d
    bucket: 6h
    study: {{enabled: false}}
"""


def predictions(moved: datetime | None, beside: str) -> Iterator[str]:
    """Eight messages a day, one of them by a version `beside`."""
    yield "id,at,predicted,model"
    for n in range(8 * 90):
        at = RETIRES - 80 * DAY + n * DAY / 8
        model = "m2" if moved is not None and at >= moved else beside if beside and n % 8 == 0 else "m1"
        yield f"p{n},{at:%Y-%m-%dT%H:%M:%SZ},{'urgent' if n % 3 else 'other'},{model}"


@dataclass
class Bot:
    """A bot, whose facts may change, watched with one history over restarts."""

    folder: Path
    history: History
    facts: Mapping[str, str] = field(default_factory=lambda: {"m1": f"{RETIRES:%Y-%m-%d}"})

    def look(self, days: float) -> list[Transition]:
        """A new daemon's look, so many days before m1 is turned off: the steps of the family that are told."""
        facts = ", ".join(f"{name}: {{retires: {day}}}" for name, day in self.facts.items())
        file = self.folder / "tunewatch.yaml"
        file.write_text(CONFIG.format(folder=self.folder, facts="{" + facts + "}"), encoding="utf-8")
        monitor = build_monitor(load(file, environ={}), "bot", self.history)
        try:
            return self._told(monitor, RETIRES - days * DAY)
        finally:
            monitor.log.close()

    def _told(self, monitor: Monitor, now: datetime) -> list[Transition]:
        steps = run_cycle(monitor, now).transitions
        return [step for step in steps if step.incident.family is Family.RETIREMENT and step.event is not None]


Open = Callable[..., Bot]


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[Open]:
    """Make the log of a bot."""
    history = History.open(f"sqlite:///{tmp_path / 'history.db'}")

    def opened(*, moved: datetime | None = None, beside: str = "") -> Bot:
        (tmp_path / "predictions.csv").write_text("\n".join(predictions(moved, beside)), encoding="utf-8")
        return Bot(tmp_path, history)

    yield opened
    history.close()


def reasons(steps: list[Transition]) -> list[tuple[Event | None, Reason]]:
    return [(step.event, step.reason) for step in steps]


def test_it_is_told_60_30_and_7_days_ahead_and_once_each(bot: Open) -> None:
    watched = bot()
    told = {days: reasons(watched.look(days)) for days in (61, 60.6, 60, 59.4, 31, 30, 29, 8, 7, 6.5, 6, 0, -3)}
    assert {days: steps for days, steps in told.items() if steps} == {
        60: [(Event.OPENED, Reason.ALARM_FIRED)],
        30: [(Event.UPDATED, Reason.DAY_NEARER)],
        7: [(Event.ESCALATED, Reason.SEVERITY_ROSE)],
    }
    (incident,) = watched.history.queries.unresolved("bot", Family.RETIREMENT)
    assert incident.findings[0].message == "model m1 was to be turned off on 2026-06-01, 3 days ago, and still answers"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (45, 20, (Event.UPDATED, Reason.DAY_NEARER)),
        (45, 3, (Event.ESCALATED, Reason.SEVERITY_ROSE)),
    ],
)
def test_a_daemon_that_was_down_on_the_day_tells_of_it_when_it_is_back(
    bot: Open, before: float, after: float, told: tuple[Event, Reason]
) -> None:
    watched = bot()
    assert reasons(watched.look(before)) == [(Event.OPENED, Reason.ALARM_FIRED)]
    assert reasons(watched.look(after)) == [told]
    assert watched.look(after - 0.1) == []


def test_what_is_told_is_what_when_how_many_and_the_plan(bot: Open) -> None:
    watched = bot()
    (opened,) = watched.look(50)
    shown = root_message(opened)
    assert shown.headline == (
        "🟠 WARNING bot: model m1 is turned off on 2026-06-01, in 50 days: it answers about 8 messages a day "
        "→ replace the model"
    )
    assert shown.certainty == "sure"
    assert "No message has a label" in shown.reasons[1]
    assert "try judge" in shown.reasons[2]
    assert not [reason for reason in shown.reasons if "fine-tune" in reason and "go with it" not in reason]
    assert shown.commands == tuple(
        f"tunewatch {each.format(opened.incident.id)}" for each in ("explain {}", "decide {} --accept")
    )  # no sample: it takes labels
    assert alert(opened, opened.at)["labels"]["alertname"] == "ChatbotModelRetires"

    (nearer,) = watched.look(30)
    reply: Message = reply_message(nearer)
    assert reply.news == "m1: 30 days left"
    assert reply.problem == "model m1 is turned off on 2026-06-01, in 30 days"
    assert nearer.rings


def test_it_is_over_once_the_version_answers_nothing_any_more(bot: Open) -> None:
    watched = bot(moved=MOVED)
    watched.look(10)
    watched.look(6)
    assert watched.look(3.9) == []  # it answers nothing in the newest 21 hours: the clock of recovery runs
    (over,) = watched.look(2.8)
    assert (over.event, over.reason) == (Event.RESOLVED, Reason.STAYED_CLEAR)
    assert reply_message(over).problem == (
        "model m1, which retires on 2026-06-01, answers nothing any more; now answering: m2"
    )
    assert watched.look(-3) == []


def test_it_is_over_when_the_date_is_moved_out_and_told_again_when_that_comes(bot: Open) -> None:
    watched = bot()
    watched.look(40)
    watched.facts = {"m1": f"{RETIRES + 40 * DAY:%Y-%m-%d}"}
    assert watched.look(39) == []
    (over,) = watched.look(37.5)
    assert over.event is Event.RESOLVED
    assert [step.event for step in watched.look(20)] == [Event.OPENED]


def test_two_versions_that_retire_share_the_incident_and_each_of_their_days_is_told(bot: Open) -> None:
    watched = bot(beside="m0")
    watched.facts = {"m1": f"{RETIRES:%Y-%m-%d}", "m0": f"{RETIRES - 20 * DAY:%Y-%m-%d}"}
    told = {days: watched.look(days) for days in (70, 60, 50, 30, 27, 7)}
    assert {days: reasons(steps) for days, steps in told.items()} == {
        70: [(Event.OPENED, Reason.ALARM_FIRED)],
        60: [(Event.UPDATED, Reason.ALARM_JOINED)],
        50: [(Event.UPDATED, Reason.DAY_NEARER)],
        30: [(Event.UPDATED, Reason.DAY_NEARER)],
        27: [(Event.ESCALATED, Reason.SEVERITY_ROSE)],
        7: [(Event.UPDATED, Reason.DAY_NEARER)],
    }
    assert [[each.subject for each in told[days][0].joined] for days in (60, 50, 30, 27, 7)] == [
        *(["m1"], ["m0"], ["m1"], ["m0"], ["m1"])
    ]
    assert told[60][0].incident.findings[0].subject == "m0"  # whose day is nearer
    assert len({steps[0].incident.id for steps in told.values()}) == 1


def test_people_take_it_on_and_no_accuracy_is_claimed_of_it(bot: Open) -> None:
    watched = bot(moved=MOVED)
    (opened,) = watched.look(40)
    act = Act(ActKind.ACKNOWLEDGE, "ada", RETIRES - 40 * DAY + HOUR, "key")
    with watched.history.transaction("bot") as transaction:
        taken = transaction.act_and_decide(opened.incident.id, act, True, ())  # noqa: FBT003 - whether accepted
    assert taken is not None
    assert taken.decision is not None
    assert [step.incident.acknowledged_by for step in watched.look(30)] == ["ada"]
    assert [step.incident.severity for step in watched.look(6)] == [Verdict.CRITICAL]
    watched.look(3.9)
    (over,) = watched.look(2.8)
    assert over.event is Event.RESOLVED
    assert over.outcome is None
    with watched.history.transaction("bot") as transaction:
        assert transaction.trials() == ()


def test_a_version_without_a_date_or_that_never_answered_makes_no_incident(bot: Open) -> None:
    watched = bot()
    watched.facts = {"m9": f"{RETIRES:%Y-%m-%d}"}
    assert watched.look(3) == []
    assert watched.history.queries.unresolved("bot", Family.RETIREMENT) == ()
