"""What a channel is."""

from dataclasses import dataclass
from typing import Protocol

from alerts.incident import Transition


@dataclass(frozen=True, slots=True)
class Post:
    """One step of an incident for one channel.

    `id` is the same on every try. `thread` is the `ref` of what the channel was sent of this incident before, if
    anything. `maybe_sent` says that an earlier try may have arrived though nobody knows.
    """

    id: str
    step: Transition
    thread: str | None = None
    maybe_sent: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where it went: `ref` is what the channel wants to see as `thread` next time, "" where it needs nothing."""

    ref: str = ""


class ChannelError(Exception):
    """A post that was not delivered, or may not have been.

    `permanent` says that trying again helps nothing until a person does something, which the message says. `fixable`
    says that the same post goes through once they did (a token renewed, a bot invited); a post that the channel
    refuses for what is in it is not. `retry_after` is how many seconds the channel asked to wait, None if it did not.
    """

    def __init__(
        self, message: str, *, permanent: bool, fixable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.fixable = fixable
        self.retry_after = retry_after


class Channel(Protocol):
    """Tells people of an incident, somewhere."""

    def send(self, post: Post) -> Receipt:
        """Tell it. Raises ChannelError, and nothing else, when that fails for reasons outside of the program."""
