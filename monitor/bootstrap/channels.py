"""Channels from settings, and what delivers to them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from alerts.channels.channel import Channel, Draw, Renewing, draw_nothing
from alerts.channels.registry import ROWS, ChannelRow
from config.settings import ChannelSetUp, Settings
from monitor.bootstrap.links import build_links
from monitor.bootstrap.routes import build_routing
from monitor.common.clock import Clock
from monitor.delivery.delivery import Deliverer
from monitor.delivery.naming import under_name
from monitor.delivery.resending import Forgetful, Resending
from monitor.history import History
from monitor.history.writing.outbox import LEASE, HistoryOutbox

REQUEST_LASTS: Final = 3
"""Time-outs that one request may take: to connect, to send and to read each have their own."""


def channel_names(settings: Settings, rows: Iterable[ChannelRow] = ROWS) -> tuple[str, ...]:
    """The channels that are set up."""
    return tuple(each.name for each in _set_up(settings, rows))


def channels_of_steps(settings: Settings) -> tuple[str, ...]:
    """The channels that every step is told in as it is written; with routes none, as they are taken afterwards."""
    return () if settings.routes else channel_names(settings)


def build_channels(
    settings: Settings, *, in_log: bool = False, rows: Iterable[ChannelRow] = ROWS
) -> Mapping[str, Channel]:
    """The channels that notifications may name and that have their secrets.

    With `in_log`, the console's part is events of the log.
    """
    return {each.name: _build(each, in_log=in_log) for each in _set_up(settings, rows) if each.is_ready}


def build_outbox(settings: Settings, history: History) -> HistoryOutbox:
    """The outbox as this process sees it; its claims outlast any one request."""
    slowest = max((REQUEST_LASTS * channel.section.timeout for channel in settings.told_in), default=LEASE)
    return history.outbox(lease=max(LEASE, slowest), routing=build_routing(settings, channel_names(settings)))


def build_deliverer(
    settings: Settings, outbox: HistoryOutbox, clock: Clock, *, in_log: bool = False, draw: Draw = draw_nothing
) -> Deliverer:
    """What delivers notifications that are due; see `build_channels`."""
    channels, links = build_channels(settings, in_log=in_log), build_links(settings.links)
    resending = Resending(_forgetful(settings, channels), outbox.standing, clock, links)
    return Deliverer(outbox, channels, clock, resending, links, draw)


@dataclass(frozen=True, slots=True)
class _SetUp:
    """A channel with its row; without `given` it needs no section."""

    name: str
    row: ChannelRow
    given: ChannelSetUp | None = None

    @property
    def is_ready(self) -> bool:
        return self.given is None or not self.given.section.missing


def _set_up(settings: Settings, rows: Iterable[ChannelRow]) -> Iterator[_SetUp]:
    for row in rows:
        if row.is_always_there and settings.console.enabled:
            yield _SetUp(row.name, row)
        yield from (_SetUp(each.name, row, each) for each in settings.told_in if each.kind == row.name)


def _forgetful(
    settings: Settings, channels: Mapping[str, Channel], rows: Iterable[ChannelRow] = ROWS
) -> Mapping[str, Forgetful]:
    found = ((each.name, each.row.resend, channels.get(each.name)) for each in _set_up(settings, rows))
    return {
        name: Forgetful(channel, every)
        for name, every, channel in found
        if isinstance(channel, Renewing) and every is not None
    }


def _build(each: _SetUp, *, in_log: bool) -> Channel:
    row, given = each.row, each.given
    if in_log and row.in_log is not None:
        return row.in_log()
    channel = row.build(**{key: _plain(getattr(given.section, key)) for key in row.keys if given is not None})
    if given is None or given.key == row.name:
        return channel
    return under_name(channel, row.name, given.key, [key for key in row.keys if key not in given.elsewhere])


def _plain(value: object) -> object:
    match value:
        case SecretStr():
            return value.get_secret_value().strip()  # a line break at its end is how it was pasted
        case timedelta():
            return value.total_seconds()
        case _:
            return value
