"""The webhook: what a receiver can rely on."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channels.channel import ChannelError, Post
from alerts.channels.webhook.channel import WebhookChannel
from alerts.channels.webhook.payload import signature
from alerts.incident import Event, Reason, State
from alerts.messages.event_json import event_json
from checks.advice.deciding.model import Action
from checks.outcome.judge import Worked
from checks.rules.family import Family
from checks.rules.finding import Verdict
from tests.alerts.channels.test_channels import RESOLVED, STEPS
from tests.support import webhook_rules
from tests.support.incidents import T0, finding, opened, step
from tests.support.receiver import Receiver

NOW = datetime(2026, 3, 29, 6, 0, 7, tzinfo=UTC)
KEY = b"\x01 twenty-four bytes here."


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(webhook_rules.webhook) as server:
        yield server


def channel(receiver: Receiver, secret: str | None = None) -> WebhookChannel:
    return WebhookChannel(receiver.url, secret, timeout=5)


def ids(receiver: Receiver) -> list[str]:
    return [call.headers["idempotency-key"] for call in receiver.calls]


@pytest.mark.parametrize("told", [opened(), *STEPS], ids=lambda told: told.event)
def test_the_body_is_the_event_as_a_backtest_prints_it(receiver: Receiver, told: object) -> None:
    channel(receiver).send(Post("7", told))  # type: ignore[arg-type]

    assert json.loads(receiver.taken[0].body) == json.loads(json.dumps(event_json(told)))  # type: ignore[arg-type]


def test_the_documented_schema_names_every_field() -> None:
    schema, parts = webhook_rules.SCHEMA, webhook_rules.SCHEMA["$defs"]
    outcome = event_json(STEPS[-1])
    decision = event_json(STEPS[2])

    for shown, part in (
        (outcome, schema),
        (outcome["findings"][0], parts["finding"]),
        (outcome["advice"], parts["advice"]),
        (outcome["outcome"], parts["outcome"]),
        (decision["decision"], parts["decision"]),
    ):
        assert set(shown) == set(part["properties"]) == set(part["required"])


def test_a_signature_is_of_id_time_and_body(receiver: Receiver) -> None:
    channel(receiver, "whsec_" + base64.b64encode(KEY).decode()).send(Post("7", opened(), sent_at=NOW))
    (call,) = receiver.taken
    signed = f"{call.headers['webhook-id']}.{NOW.timestamp():.0f}.".encode() + call.body
    wanted = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()

    assert call.headers["webhook-timestamp"] == f"{NOW.timestamp():.0f}"
    assert call.headers["webhook-signature"] == f"v1,{wanted}"
    assert call.headers["webhook-id"] == call.headers["idempotency-key"]


def test_a_signature_is_that_of_standard_webhooks() -> None:
    # The example of the libraries of Standard Webhooks.
    named = {"Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "Webhook-Timestamp": "1614265330"}
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    assert signature(named, b'{"test": 2432232314}', key) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_nothing_is_signed(receiver: Receiver) -> None:
    channel(receiver).send(Post("7", opened()))

    assert "webhook-signature" not in receiver.taken[0].headers


def test_a_malformed_secret_is_refused_without_being_shown() -> None:
    with pytest.raises(ValueError, match="base64") as failure:
        WebhookChannel("http://127.0.0.1:9/", "whsec_no!base64")
    assert "no!base64" not in str(failure.value)


def test_a_second_try_has_the_same_id_also_where_numbers_have_moved(receiver: Receiver) -> None:
    moved = opened(finding(value=0.11))
    receiver.drop(obeyed=True)
    with pytest.raises(ChannelError):
        channel(receiver).send(Post("7", opened(), first=True))
    channel(receiver).send(Post("7", opened(), present=replace(moved, at=T0 + timedelta(minutes=5)), first=True))

    assert len(set(ids(receiver))) == 1


def test_news_have_another_id_so_that_nobody_drops_them(receiver: Receiver) -> None:
    sent = channel(receiver)
    sent.send(Post("7", opened(), first=True))
    sent.send(Post("7", opened(), present=RESOLVED, first=True))
    sent.send(Post("8", step(Event.ESCALATED, Reason.SEVERITY_ROSE)))

    assert len(set(ids(receiver))) == 3


def test_what_is_told_first_opens_the_incident_however_late(receiver: Receiver) -> None:
    channel(receiver).send(Post("7", opened(), present=STEPS[1], first=True))

    assert json.loads(receiver.taken[0].body)["event"] == "opened"


def test_the_documented_schema_has_every_word() -> None:
    fields, parts = webhook_rules.SCHEMA["properties"], webhook_rules.SCHEMA["$defs"]

    assert fields["event"]["enum"] == [event.value for event in Event]
    assert fields["family"]["enum"] == [family.value for family in Family]
    assert fields["state"]["enum"] == [state.value for state in State]
    assert parts["action"]["enum"] == [action.value for action in Action]
    assert parts["finding"]["properties"]["verdict"]["enum"] == [verdict.value for verdict in Verdict]
    assert parts["outcome"]["properties"]["worked"]["enum"] == [worked.value for worked in Worked]
