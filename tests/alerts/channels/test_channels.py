"""What every channel keeps to."""

import inspect
import io
import json
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from alerts.channels.alertmanager.channel import AlertmanagerChannel
from alerts.channels.apprise.channel import AppriseChannel
from alerts.channels.channel import Channel, ChannelError, Post, Receipt, Renewing
from alerts.channels.console.channel import ConsoleChannel
from alerts.channels.email.channel import EmailChannel
from alerts.channels.pagerduty.channel import PagerDutyChannel
from alerts.channels.registry import ROWS, ChannelRow
from alerts.channels.slack.channel import SlackChannel
from alerts.channels.slack_webhook.channel import SlackWebhookChannel
from alerts.channels.teams.channel import TeamsChannel
from alerts.channels.webhook.channel import WebhookChannel
from alerts.incident import Event, Reason, State, Transition
from checks.advice.deciding.model import Action
from checks.outcome.judge import Result, Worked
from checks.outcome.trial import Decision
from config.services import ChannelSettings
from config.settings import Settings
from config.shape import section_in
from tests.repository.paths import ROOT
from tests.support import webhook_rules
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, advice, clear, opened, step
from tests.support.mail_server import mail_server
from tests.support.receiver import Receiver

RESOLVED: Final = step(
    Event.RESOLVED,
    Reason.STAYED_CLEAR,
    hours=48,
    state=State.RESOLVED,
    findings=(clear(),),
    resolved_at=T0 + timedelta(hours=48),
)
STEPS: Final = (
    step(Event.UPDATED, Reason.ADVICE_CHANGED, advice=advice(Action.FINE_TUNE)),
    step(Event.ESCALATED, Reason.SEVERITY_ROSE),
    replace(
        step(Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by="ada"),
        decision=Decision(accepted=True, at=T0, by="ada", note="rolling back"),
    ),
    step(Event.REMINDED, Reason.NOBODY_ACKNOWLEDGED),
    step(Event.UPDATED, Reason.CALLED_FALSE, false_alarm_by="ada"),
    RESOLVED,
    step(Event.REOPENED, Reason.ALARM_RETURNED),
    replace(
        step(Event.VERIFIED, Reason.ACTION_VERIFIED, state=State.RESOLVED),
        outcome=Result(Worked.NO_EFFECT, "After roll back, recall of urgent went from 12% to 13%; the goal was 80%."),
    ),
)


@dataclass(frozen=True)
class Ear:
    """A channel, and what a person there heard so far; or a program, in whose words it is told."""

    channel: Channel
    heard: Callable[[], str]
    deafen: Callable[[], None]
    what: tuple[str, ...] = (
        "CRITICAL",
        "recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%, was 94% in the reference; the incident",
    )
    advice: str = "Roll the prompt back"
    over: str = "every finding stayed clear"
    receiver: Receiver | None = None


@contextmanager
def console() -> Iterator[Ear]:
    stream = io.StringIO()
    yield Ear(ConsoleChannel(stream), lambda: stream.getvalue() if not stream.closed else "", stream.close)


@contextmanager
def slack() -> Iterator[Ear]:
    with FakeSlack() as server:
        channel = SlackChannel(TOKEN, "#chatbot-oncall", server.url, timeout=5)
        yield Ear(channel, server.workspace.oncall.render, lambda: setattr(server.workspace, "token", "xoxb-other"))


@contextmanager
def slack_webhook() -> Iterator[Ear]:
    with Receiver(webhook_rules.slack_webhook) as receiver:
        channel = SlackWebhookChannel(receiver.url, timeout=5)
        yield Ear(channel, receiver.heard, lambda: receiver.answer(404, "no_service"), receiver=receiver)


@contextmanager
def pagerduty() -> Iterator[Ear]:
    with Receiver(webhook_rules.pagerduty) as receiver:
        channel = PagerDutyChannel(webhook_rules.ROUTING_KEY, f"{receiver.origin}/", timeout=5)
        what = ('"severity": "critical"', *Ear.what[1:])
        over = '"event_action": "resolve"'
        yield Ear(channel, receiver.heard, lambda: receiver.answer(403), what, over=over, receiver=receiver)


@contextmanager
def alertmanager() -> Iterator[Ear]:
    with Receiver(webhook_rules.alertmanager) as receiver:
        channel = AlertmanagerChannel([f"{receiver.origin}/"], timeout=5)
        what = ('"severity": "critical"', *Ear.what)
        over = "RESOLVED support-bot"
        yield Ear(channel, receiver.heard, lambda: receiver.answer(403), what, over=over, receiver=receiver)


@contextmanager
def email() -> Iterator[Ear]:
    with tempfile.TemporaryDirectory() as folder, mail_server(Path(folder), "none") as server:
        to = ("oncall@acme.example",)
        channel = EmailChannel(
            host="127.0.0.1", port=server.port, security="none", sender="tunewatch@acme.example", to=to, timeout=5
        )
        refusal = dict.fromkeys(to, "550 no such user")
        yield Ear(channel, server.mailbox.heard, lambda: server.mailbox.refused.update(refusal))


@contextmanager
def teams() -> Iterator[Ear]:
    with Receiver(webhook_rules.teams) as receiver:
        channel = TeamsChannel(receiver.url, timeout=5)
        yield Ear(channel, receiver.heard, lambda: receiver.answer(401), receiver=receiver)


@contextmanager
def apprise() -> Iterator[Ear]:
    with Receiver(webhook_rules.apprise_json) as receiver, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its first use loads modules that Python will lose
        channel = AppriseChannel(receiver.url.replace("http:", "json:"), timeout=5)
        channel.check()

        def deafen() -> None:
            channel.__init__("nonsense://")  # type: ignore[misc] # another address

        def heard() -> str:
            return "\n".join(str(json.loads(call.body)) for call in receiver.taken)

        yield Ear(channel, heard, deafen, receiver=receiver)


@contextmanager
def webhook() -> Iterator[Ear]:
    with Receiver(webhook_rules.webhook) as receiver:
        yield Ear(
            WebhookChannel(receiver.url, "correct horse", timeout=5),
            receiver.heard,
            lambda: receiver.answer(403),
            what=('"severity":"critical"', '"subject":"urgent","value":0.12,"low":0.04,"high":0.31,"threshold":0.8'),
            advice='"action":"rollback_prompt"',
            over='"reason":"stayed_clear"',
            receiver=receiver,
        )


EARS: Final[Mapping[str, Callable[[], AbstractContextManager[Ear]]]] = {
    "console": console,
    "slack": slack,
    "slack_webhook": slack_webhook,
    "pagerduty": pagerduty,
    "alertmanager": alertmanager,
    "email": email,
    "teams": teams,
    "apprise": apprise,
    "webhook": webhook,
}
"""How each channel is listened to; one that is registered and is not here fails every test."""


@pytest.fixture(params=[row.name for row in ROWS])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    with EARS[request.param]() as heard:
        yield heard


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_row_of_a_channel_fits_its_folder_its_section_and_what_makes_it(row: ChannelRow) -> None:
    assert (ROOT / "alerts" / "channels" / row.name).is_dir()
    assert set(row.keys) == set(inspect.signature(row.build).parameters)
    if not row.is_always_there:
        section = section_in(Settings.model_fields[row.name].annotation)
        assert section is not None
        assert issubclass(section, ChannelSettings)
        assert set(section.secrets) <= set(row.keys) <= set(section.model_fields)


def test_a_channel_that_forgets_says_how_often_it_is_told_again(ear: Ear, request: pytest.FixtureRequest) -> None:
    row = next(row for row in ROWS if row.name == request.node.callspec.params["ear"])

    assert isinstance(ear.channel, Renewing) is (row.resend is not None)


def test_what_is_wrong_and_what_to_do_is_heard(ear: Ear) -> None:
    ear.channel.send(Post("1", opened()))

    for said in (*ear.what, ear.advice):
        assert said in ear.heard()


def test_each_event_is_heard(ear: Ear) -> None:
    receipt = ear.channel.send(Post("1", opened()))
    over = step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, findings=(clear(),))
    ear.channel.send(Post("2", over, receipt.ref or None))

    assert ear.over in ear.heard()


def test_a_step_without_an_event_disturbs_nobody(ear: Ear) -> None:
    receipt = ear.channel.send(Post("1", step(None, Reason.CLEAR_BEGAN, state=State.RECOVERING)))

    assert receipt == Receipt()
    assert "RECOVERING" not in ear.heard()


def test_a_retry_is_taken_like_a_first_try(ear: Ear) -> None:
    assert isinstance(ear.channel.send(Post("1", opened(), maybe_sent=True)), Receipt)
    assert ear.advice in ear.heard()


def test_a_name_full_of_markup_stays_plain(ear: Ear) -> None:
    step_ = opened()
    nasty = replace(step_.incident.findings[0], subject="<!channel> \x1b[31m*x*\n# &c")
    ear.channel.send(Post("1", replace(step_, incident=replace(step_.incident, findings=(nasty,)))))

    assert "\x1b" not in ear.heard()
    assert "\n# &c" not in ear.heard()


def test_what_people_say_of_themselves_and_why_stays_plain(ear: Ear) -> None:
    receipt = ear.channel.send(Post("1", opened()))
    nasty = "<!channel> \x1b[31m*x*\r\nBcc: a@b.example\n# &c"
    acknowledged = step(Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by=nasty)
    decided = replace(acknowledged, decision=Decision(accepted=True, at=T0, by=nasty, note=nasty))
    ear.channel.send(Post("2", decided, receipt.ref or None))

    has_words = not isinstance(ear.channel, PagerDutyChannel)  # its acknowledgement has none
    assert ("a@b.example" in ear.heard()) is has_words
    assert "\x1b" not in ear.heard()
    assert "\nBcc" not in ear.heard()
    assert "\n# &c" not in ear.heard()


def test_nothing_is_sent_once_somebody_else_has_the_post(ear: Ear) -> None:
    def lose_it() -> None:
        raise LookupError

    if ear.receiver is not None:
        with pytest.raises(LookupError):
            ear.channel.send(Post("1", opened(), before_request=lose_it))
        assert ear.receiver.calls == []


@pytest.mark.parametrize("told", STEPS, ids=lambda told: told.reason)
def test_each_kind_of_step_is_taken(ear: Ear, told: Transition) -> None:
    receipt = ear.channel.send(Post("1", opened()))
    ear.channel.send(Post("2", told, receipt.ref or None))


def test_what_came_and_went_untold_is_told_as_over(ear: Ear) -> None:
    ear.channel.send(Post("1", opened(), present=RESOLVED, first=True))

    assert "resolve" in ear.heard().lower()


def test_a_channel_that_cannot_tell_says_so_with_what_to_do(ear: Ear) -> None:
    ear.deafen()

    with pytest.raises(ChannelError) as failure:
        ear.channel.send(Post("1", opened()))
    assert failure.value.permanent
    assert len(str(failure.value)) > 20


def test_a_console_that_lacks_the_icons_still_tells() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="latin-1")
    ConsoleChannel(stream).send(Post("1", opened()))

    said = raw.getvalue().decode("latin-1")
    assert said.startswith("(!!) CRITICAL support-bot: recall of urgent 12%, floor 80%")
    assert "\n-> " in said
