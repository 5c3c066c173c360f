"""When what failed is tried again. Nothing is given up: what only a person can mend is tried at a slow, steady pace."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.channels.channel import ChannelError

LONGEST_PAUSE: Final = timedelta(hours=1)
"""No pause is longer; a time of a next try that lies further ahead was made by a clock that ran ahead."""

SHORTEST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(minutes=15)
USUAL_WAIT: Final = timedelta(seconds=30)
"""For a channel that asks to wait: within these bounds what it asks for, and that where it does not say how long."""


WITHIN_A_MINUTE: Final = timedelta(seconds=45)
"""The longest pause of a channel that takes nothing: with the polls of the delivery, and a time-out, a minute."""


class Trouble(StrEnum):
    """What a failed try says of the tries to come."""

    ASKED_TO_WAIT = "asked_to_wait"  # the whole channel; this try does not count
    CHANNEL_DOWN = "channel_down"  # the whole channel, and it may pass by itself
    CHANNEL_REFUSES = "channel_refuses"  # the whole channel, until a person does something
    MESSAGE_REFUSED = "message_refused"  # this message, until tunewatch is mended
    MESSAGE_CRASHED = "message_crashed"  # this message, and it may pass by itself

    @property
    def is_of_channel(self) -> bool:
        """Whether the next message would fare no better."""
        return self not in (Trouble.MESSAGE_REFUSED, Trouble.MESSAGE_CRASHED)

    @property
    def is_uncertain(self) -> bool:
        """Whether the message may have arrived all the same; who was refused, or asked to wait, told nothing."""
        return self in (Trouble.CHANNEL_DOWN, Trouble.MESSAGE_CRASHED)


PAUSES: Final = {
    # An outage of a day costs 2,000 calls that end at once; what is open is told within a minute after it.
    Trouble.CHANNEL_DOWN: (timedelta(seconds=5), WITHIN_A_MINUTE),
    # So is what waited for somebody who renewed the token or invited the bot, and wants to see that it helped.
    Trouble.CHANNEL_REFUSES: (WITHIN_A_MINUTE, WITHIN_A_MINUTE),
    Trouble.MESSAGE_REFUSED: (timedelta(minutes=15), LONGEST_PAUSE),
    Trouble.MESSAGE_CRASHED: (timedelta(seconds=5), timedelta(minutes=15)),
}
"""The first pause, doubled up to the last one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in trouble, and when it is tried again (UTC). `is_untaken` says that the message cannot have arrived."""

    trouble: Trouble
    retry_at: datetime
    is_untaken: bool = False

    @property
    def is_uncertain(self) -> bool:
        """Whether the message may have arrived all the same."""
        return self.trouble.is_uncertain and not self.is_untaken


def trouble_of(error: ChannelError) -> Trouble:
    """The trouble that a channel's error tells of."""
    if error.asks_to_wait:
        return Trouble.ASKED_TO_WAIT
    if not error.permanent:
        return Trouble.CHANNEL_DOWN
    return Trouble.CHANNEL_REFUSES if error.fixable else Trouble.MESSAGE_REFUSED


def plan(trouble: Trouble, failures: int, asked: float | None, now: datetime, *, is_untaken: bool = False) -> Plan:
    """When to try again after `failures` such failures in a row before this one.

    `asked` is how many seconds the channel asked to wait, None if it did not. Bounds hold it; NaN counts as None.
    `is_untaken` says that the message cannot have arrived.
    """
    wait = wait_of(asked)
    if trouble is Trouble.ASKED_TO_WAIT:
        return Plan(trouble, _up(now + (wait or USUAL_WAIT)), is_untaken)
    first, longest = PAUSES[trouble]
    pause = min(first * (1 << min(failures, 16)), longest)  # beyond, the pause is the longest anyway
    return Plan(trouble, _up(now + max(pause, wait or pause)), is_untaken)


def _up(time: datetime) -> datetime:
    """The next whole second, which is what the history keeps."""
    return time + (timedelta(microseconds=-time.microsecond % 1_000_000))


def wait_of(asked: float | None) -> timedelta | None:
    """The wait that a channel asks for, within bounds; None where it names none."""
    if asked is None or math.isnan(asked):
        return None
    seconds = min(max(asked, SHORTEST_WAIT.total_seconds()), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds)
