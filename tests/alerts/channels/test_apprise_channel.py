"""Apprise, by the one service of it that is a plain POST of JSON."""

import json
import sys
from collections.abc import Iterator

import pytest

from alerts.channels.apprise.channel import AppriseChannel
from alerts.channels.channel import ChannelError, Post
from alerts.channels.standalone import IN_DOUBT
from tests.alerts.channels.test_channels import RESOLVED
from tests.support import webhook_rules
from tests.support.incidents import opened
from tests.support.receiver import Receiver

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of modules that it loads


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver(webhook_rules.apprise_json) as server:
        yield server


def address(receiver: Receiver) -> str:
    return receiver.url.replace("http:", "json:")


def fail(channel: AppriseChannel) -> ChannelError:
    with pytest.raises(ChannelError) as failure:
        channel.send(Post("1", opened()))
    assert "s3cr3t" not in str(failure.value)
    return failure.value


def test_a_message_says_what_broke_in_its_title(receiver: Receiver) -> None:
    channel = AppriseChannel(address(receiver), timeout=5)
    channel.send(Post("1", opened(), maybe_sent=True))
    channel.send(Post("2", RESOLVED))
    first, second = (json.loads(call.body) for call in receiver.taken)

    assert first["title"].startswith(
        "🔴 CRITICAL support-bot: recall of urgent 12%, floor 80% → roll the prompt back to"
    )
    assert IN_DOUBT in first["message"]
    assert (first["type"], second["type"]) == ("failure", "success")


def test_a_failure_is_tried_again_and_names_the_service(receiver: Receiver) -> None:
    receiver.answer(500)
    error = fail(AppriseChannel(address(receiver), timeout=5))

    assert (error.permanent, error.is_untaken) == (False, False)
    assert "Apprise could not tell JSON" in str(error)


def test_one_service_that_takes_it_is_enough(receiver: Receiver) -> None:
    receiver.answer(500)
    receipt = AppriseChannel(f"{address(receiver)}\n{address(receiver)}", timeout=5).send(Post("1", opened()))

    assert receipt.note.startswith("Apprise could not tell JSON")
    assert len(receiver.taken) == 1


def test_an_address_that_names_no_service_is_counted_and_not_shown(receiver: Receiver) -> None:
    error = fail(AppriseChannel(f"{address(receiver)} nonsense://s3cr3t", timeout=5))

    assert (error.permanent, error.fixable) == (True, True)
    assert "knows no service by address 2 of 2" in str(error)
    assert receiver.calls == []


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    assert "pip install 'tunewatch[apprise]'" in str(fail(AppriseChannel("json://127.0.0.1:9/")))


def test_the_services_are_named() -> None:
    assert AppriseChannel("json://127.0.0.1:9/ xml://127.0.0.1:9/").check() == "JSON, XML"
