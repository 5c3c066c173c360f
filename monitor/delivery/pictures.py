"""Puts a chart beside what was told: after the text, a few times, and never in its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.channel import Channel, ChannelError, Draw, Illustrating, Post
from alerts.incident import State, Transition
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.common.retrying import LONGEST_WAIT, wait_of

PAUSES: Final = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
"""Before each further try; then the chart is let go."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A chart that is to go into a thread, the time of its next try, and how many there were."""

    channel: str
    post: Post
    due: datetime
    tries: int = 0


@dataclass(slots=True)
class Pictures:
    """Charts for channels that take them after the text. Nothing of it is kept: a restart looks what is there."""

    draw: Draw
    channels: Mapping[str, Channel]
    clock: Clock
    _wanted: list[_Wanted] = field(default_factory=list, init=False)

    @property
    def illustrating(self) -> tuple[str, ...]:
        """The channels that take a chart after the text."""
        return tuple(name for name, channel in self.channels.items() if isinstance(channel, Illustrating))

    def told(self, channel: str, post: Post, ref: str) -> None:
        """Remember that something was told in a thread, which may want a chart."""
        if isinstance(self.channels[channel], Illustrating) and ref and post.is_pictured:
            first = replace(post, thread=ref, maybe_sent=post.maybe_sent, before_request=_nothing)
            self._wanted.append(_Wanted(channel, first, self.clock()))

    def resumed(self, channel: str, step: Transition, ref: str | None) -> None:
        """Look after a restart whether the chart of an open incident is in its thread."""
        if isinstance(self.channels[channel], Illustrating) and ref and step.incident.state is not State.RESOLVED:
            post = Post("", step, ref, maybe_sent=True, first=True)
            self._wanted.append(_Wanted(channel, post, self.clock()))

    def put_one(self) -> bool:
        """Try the first that is due; whether there was one."""
        now = self.clock()
        wanted = next((each for each in self._wanted if each.due <= now or each.due - now > LONGEST_WAIT), None)
        if wanted is None:
            return False
        self._wanted.remove(wanted)
        try:
            self._put(wanted)
        except ChannelError as error:
            self._fail(wanted, error)
        except Exception:  # noqa: BLE001 - a chart that cannot be drawn must not hold up what people are told
            _LOG.exception("chart not drawn", channel=wanted.channel, incident=wanted.post.step.incident.id)
        return True

    def _put(self, wanted: _Wanted) -> None:
        channel, incident = self.channels[wanted.channel], wanted.post.now.incident
        picture = self.draw(incident)
        if picture is not None and isinstance(channel, Illustrating):
            channel.illustrate(wanted.post, picture)
            _LOG.info("chart sent", channel=wanted.channel, incident=incident.id)

    def _fail(self, wanted: _Wanted, error: ChannelError) -> None:
        is_over = error.permanent or wanted.tries >= len(PAUSES)
        about = {"channel": wanted.channel, "incident": wanted.post.step.incident.id, "error": redact(str(error))}
        if is_over:
            _LOG.warning("chart let go", **about)
            return
        pause = max(PAUSES[wanted.tries], wait_of(error.retry_after) or timedelta(0))
        certain = error.is_untaken or error.asks_to_wait
        post = replace(wanted.post, maybe_sent=wanted.post.maybe_sent or not certain)
        self._wanted.append(_Wanted(wanted.channel, post, self.clock() + pause, wanted.tries + 1))
        _LOG.info("chart not sent yet", **about)


def _nothing() -> None:
    """The claim on the notification is over once its text was told."""
