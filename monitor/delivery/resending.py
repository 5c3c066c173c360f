"""Tells channels that forget, again and again, how open incidents stand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from alerts.channels.channel import ChannelError, Renewing
from alerts.incident import Transition
from alerts.messages.links import NO_LINKS, Links
from monitor.common.clock import Clock
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.common.retrying import LONGEST_WAIT, wait_of

ENDED_LATELY: Final = timedelta(minutes=15)
"""How long after its end an incident is told again too, so that an end which was overtaken is told after all."""

Standing = Callable[[str, datetime], Sequence[Transition]]
"""How the incidents stand that a channel was told of, and that are open or ended after a time."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Forgetful:
    """A channel that forgets, and how often it is told again."""

    channel: Renewing
    every: timedelta


@dataclass(frozen=True, slots=True)
class Resending:
    """Tells each of the channels, by its name, so often as it needs. What fails is logged, and told the next time."""

    channels: Mapping[str, Forgetful]
    standing: Standing
    clock: Clock
    links: Links = NO_LINKS
    _due: dict[str, datetime] = field(default_factory=dict)

    def resend_due(self) -> None:
        """Tell those whose time has come. Raises what `standing` raises."""
        for name, forgetful in self.channels.items():
            now, due = self.clock(), self._due.get(name)
            if due is None or due <= now or due - now > LONGEST_WAIT + forgetful.every:  # the clock was set back
                self._due[name] = now + self._resend(name, forgetful, now)

    def _resend(self, name: str, forgetful: Forgetful, now: datetime) -> timedelta:
        """Tell one; how long it is left alone then."""
        standing = self.standing(name, now - ENDED_LATELY)
        try:
            if standing:
                forgetful.channel.renew(standing, now, self.links)
        except ChannelError as error:
            _LOG.warning("incidents not told again", channel=name, incidents=len(standing), error=redact(str(error)))
            return max(forgetful.every, wait_of(error.retry_after) or forgetful.every)
        return forgetful.every
