"""Channels that have a name of their own: what they say of their keys is said of where these are."""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from alerts.channels.channel import Channel, ChannelError, Checking, Illustrating, Picture, Post, Receipt, Renewing
from alerts.incident import Transition
from alerts.messages.links import NO_LINKS, Links


def under_name(channel: Channel, kind: str, key: str, keys: Iterable[str]) -> Channel:
    """The channel, with the keys of its kind (`slack.token`) said as they are here (`channels.shop.slack.token`)."""
    named = re.compile(rf"(?<![\w.]){re.escape(kind)}\.(?=({'|'.join(map(re.escape, keys))})\b)")
    asked = _NamedChecking if isinstance(channel, Checking) else _Named
    forgets = _NamedRenewing if isinstance(channel, Renewing) else asked
    return (_NamedIllustrating if isinstance(channel, Illustrating) else forgets)(channel, named, f"{key}.")


class _Named:
    """Sends as the channel does."""

    def __init__(self, channel: Channel, named: re.Pattern[str], key: str) -> None:
        self._channel = channel
        self._pattern = named
        self._key = key

    def send(self, post: Post) -> Receipt:
        """As the channel does."""
        with self._naming():
            receipt = self._channel.send(post)
        return replace(receipt, note=self._pattern.sub(self._key, receipt.note))

    @contextmanager
    def _naming(self) -> Iterator[None]:
        try:
            yield
        except ChannelError as error:
            error.args = (self._pattern.sub(self._key, str(error)),)
            raise


class _NamedChecking(_Named):
    """Can be asked too."""

    def check(self) -> str:
        """As the channel does."""
        if not isinstance(self._channel, Checking):
            raise TypeError("a channel that cannot be asked")
        with self._naming():
            return self._channel.check()


class _NamedRenewing(_NamedChecking):
    """Forgets, and is told again too."""

    def renew(self, steps: Sequence[Transition], at: datetime, links: Links = NO_LINKS) -> None:
        """As the channel does."""
        if not isinstance(self._channel, Renewing):
            raise TypeError("a channel that does not forget")
        with self._naming():
            self._channel.renew(steps, at, links)


class _NamedIllustrating(_NamedChecking):
    """Takes charts too."""

    def illustrate(self, post: Post, picture: Picture) -> None:
        """As the channel does."""
        if not isinstance(self._channel, Illustrating):
            raise TypeError("a channel that takes no charts")
        with self._naming():
            self._channel.illustrate(post, picture)
