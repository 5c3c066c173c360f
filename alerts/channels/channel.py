"""What a channel is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from alerts.incident import Event, Incident, Transition
from alerts.messages.links import NO_LINKS, Link, Links


def _do_nothing() -> None:
    """What is done before a request where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as PNG, and what it shows in words."""

    png: bytes
    said: str


Draw = Callable[[Incident], Picture | None]
"""Draws the chart of an incident as it stands; None where it has none, or none can be drawn."""


def draw_nothing(_incident: Incident) -> Picture | None:
    """What draws where no charts are wanted."""
    return None


@dataclass(frozen=True, slots=True)
class Post:
    """One step of an incident for one channel.

    `id` is the same on every try. `thread` is the `ref` of what the channel was sent of this incident before, if
    anything. `maybe_sent` says that an earlier try may have arrived though nobody knows. `present` is how the
    incident stands now, which may be later than the step; None for the step itself. `first` says that nobody there
    has been told of the incident: then the post speaks for all that happened since. `before_request` is called before
    each request and may raise, whereupon nothing more is sent. `sent_at` is the time of this try (UTC), for signatures.
    `mention` is who is called, such as `@here` or the id of a user group; "" for nobody. `nearby` is the newest `ref`
    of any incident in the channel, where an earlier try may have left a first message that has to be looked for.
    `links` lead to what whoever reads it looks at next, and times are told by the clocks of `zone` too (its IANA name;
    "" for UTC alone). `draw` makes the chart that goes with it, in channels that send one along.
    """

    id: str
    step: Transition
    thread: str | None = None
    maybe_sent: bool = False
    present: Transition | None = None
    first: bool = False
    before_request: Callable[[], None] = _do_nothing
    sent_at: datetime | None = None
    mention: str = ""
    nearby: str | None = None
    links: tuple[Link, ...] = ()
    zone: str = ""
    draw: Draw = draw_nothing

    @property
    def is_pictured(self) -> bool:
        """Whether a chart goes with it: with what is told first, and with what is back."""
        return self.first or self.step.event in (Event.OPENED, Event.REOPENED)

    @property
    def now(self) -> Transition:
        """How the incident stands now."""
        return self.present or self.step


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where it went: `ref` is what the channel wants to see as `thread` next time, "" where it needs nothing.

    `note` says what went amiss though it was told, such as a form that the channel did not take; "" for nothing.
    """

    ref: str = ""
    note: str = ""


class ChannelError(Exception):
    """A post that was not delivered, or may not have been.

    `permanent` says that trying again helps nothing until a person does something, which the message says. `fixable`
    says that the same post goes through once they did (a token renewed, a bot invited); a post that the channel
    refuses for what is in it is not. `asks_to_wait` says that the channel takes nothing from anybody for a while, and
    did not take this. `is_untaken` says that it cannot have taken this either, as when no connection was made; of any
    other temporary error nobody knows. `retry_after` is how many seconds the channel asked to wait, None if it did not.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool,
        fixable: bool = False,
        asks_to_wait: bool = False,
        is_untaken: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.fixable = fixable
        self.asks_to_wait = asks_to_wait
        self.is_untaken = is_untaken
        self.retry_after = retry_after


class Channel(Protocol):
    """Tells people of an incident, somewhere."""

    def send(self, post: Post) -> Receipt:
        """Tell it. Raises ChannelError when that fails for reasons outside, and what `before_request` raises."""


@runtime_checkable
class Checking(Channel, Protocol):
    """A channel that can tell whether it would take a post, without one."""

    def check(self) -> str:
        """What it would be told in, in a few words. Raises ChannelError where it would not take a post."""


@runtime_checkable
class Renewing(Channel, Protocol):
    """A channel that forgets, and has to be told again how incidents stand."""

    def renew(self, steps: Sequence[Transition], at: datetime, links: Links = NO_LINKS) -> None:
        """Tell how incidents stand at a time (UTC): open ones, and those that ended lately. Raises ChannelError."""


@runtime_checkable
class Illustrating(Channel, Protocol):
    """A channel in which a chart can be put beside what was told, later."""

    def illustrate(self, post: Post, picture: Picture) -> None:
        """Put it into the thread of the post, once however often it is called. Raises ChannelError.

        Where an earlier try may have arrived (`maybe_sent`) and nobody can look, it counts as there.
        """
