"""What every channel keeps to."""

import inspect
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Final

import pytest

from alerts.channels.channel import Channel, ChannelError, Post, Receipt
from alerts.channels.console.channel import ConsoleChannel
from alerts.channels.registry import ROWS, ChannelRow
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Reason, State
from config.services import ChannelSettings
from config.settings import Settings
from tests.repository.paths import ROOT
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import clear, opened, step


class Ear:
    """A channel, and what a person there heard so far."""

    def __init__(self, channel: Channel, heard: Callable[[], str], deafen: Callable[[], None]) -> None:
        self.channel, self.heard, self.deafen = channel, heard, deafen


@contextmanager
def console() -> Iterator[Ear]:
    stream = io.StringIO()
    yield Ear(ConsoleChannel(stream), lambda: stream.getvalue() if not stream.closed else "", stream.close)


@contextmanager
def slack() -> Iterator[Ear]:
    with FakeSlack() as server:
        channel = SlackChannel(TOKEN, "#chatbot-oncall", server.url, timeout=5)
        yield Ear(channel, server.workspace.oncall.render, lambda: setattr(server.workspace, "token", "xoxb-other"))


EARS: Final[Mapping[str, Callable[[], AbstractContextManager[Ear]]]] = {"console": console, "slack": slack}
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
        section = next(each for each in ChannelSettings.__subclasses__() if set(row.keys) <= set(each.model_fields))
        assert set(section.secrets) <= set(row.keys)
        assert row.name in Settings.model_fields


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
