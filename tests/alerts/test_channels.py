"""What every channel keeps to."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from alerts.channels.channel import Channel, ChannelError, Post, Receipt
from alerts.channels.console import ConsoleChannel
from alerts.channels.slack import SlackChannel
from alerts.incident import Event, Reason, State
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import clear, opened, step


class Ear:
    """A channel, and what a person there heard so far."""

    def __init__(self, channel: Channel, heard: Callable[[], str], deafen: Callable[[], None]) -> None:
        self.channel, self.heard, self.deafen = channel, heard, deafen


@pytest.fixture(params=["console", "slack"])
def ear(request: pytest.FixtureRequest) -> Iterator[Ear]:
    if request.param == "console":
        stream = io.StringIO()
        yield Ear(ConsoleChannel(stream), lambda: stream.getvalue() if not stream.closed else "", stream.close)
        return
    with FakeSlack() as slack:
        channel = SlackChannel(TOKEN, "#chatbot-oncall", slack.url, timeout=5)
        yield Ear(channel, slack.workspace.oncall.render, lambda: setattr(slack.workspace, "token", "xoxb-other"))


def test_what_is_wrong_and_what_to_do_is_heard(ear: Ear) -> None:
    ear.channel.send(Post("1", opened()))

    assert "CRITICAL" in ear.heard()
    assert (
        "recall of urgent is 12% (4–31%, n=61) over the last 7 d, floor 80%, was 94% in the reference, since"
        in ear.heard()
    )
    assert "Roll the prompt back" in ear.heard()


def test_each_event_is_heard(ear: Ear) -> None:
    receipt = ear.channel.send(Post("1", opened()))
    over = step(Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, findings=(clear(),))
    ear.channel.send(Post("2", over, receipt.ref or None))

    assert "every finding stayed clear" in ear.heard()


def test_a_step_without_an_event_disturbs_nobody(ear: Ear) -> None:
    receipt = ear.channel.send(Post("1", step(None, Reason.CLEAR_BEGAN, state=State.RECOVERING)))

    assert receipt == Receipt()
    assert "RECOVERING" not in ear.heard()


def test_a_retry_is_taken_like_a_first_try(ear: Ear) -> None:
    assert isinstance(ear.channel.send(Post("1", opened(), maybe_sent=True)), Receipt)
    assert "Roll the prompt back" in ear.heard()


def test_a_name_full_of_markup_stays_plain(ear: Ear) -> None:
    step_ = opened()
    nasty = replace(step_.incident.findings[0], subject="<!channel> \x1b[31m*x*\n# &c")
    ear.channel.send(Post("1", replace(step_, incident=replace(step_.incident, findings=(nasty,)))))

    assert "\x1b" not in ear.heard()
    assert "\n# &c" not in ear.heard()


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

    assert b"CRITICAL support-bot: recall of urgent is 12%" in raw.getvalue()
