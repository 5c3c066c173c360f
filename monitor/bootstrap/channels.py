"""Channels from settings, and what delivers to them."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from pydantic import SecretStr

from alerts.channels.channel import Channel, Renewing
from alerts.channels.registry import ROWS, ChannelRow
from config.settings import Settings
from monitor.bootstrap.links import build_links
from monitor.bootstrap.routes import build_routing
from monitor.common.clock import Clock
from monitor.delivery.delivery import Deliverer
from monitor.delivery.resending import Forgetful, Resending
from monitor.history import History
from monitor.history.writing.outbox import LEASE, HistoryOutbox

REQUEST_LASTS: Final = 3
"""Time-outs that one request may take: to connect, to send and to read each have their own."""


def channel_names(settings: Settings, rows: Iterable[ChannelRow] = ROWS) -> tuple[str, ...]:
    """The channels that are set up."""
    return tuple(row.name for row in rows if row.is_always_there or row.name in settings.channels)


def channels_of_steps(settings: Settings) -> tuple[str, ...]:
    """The channels that every step is told in as it is written; with routes none, as they are taken afterwards."""
    return () if settings.routes else channel_names(settings)


def build_channels(
    settings: Settings, *, in_log: bool = False, rows: Iterable[ChannelRow] = ROWS
) -> Mapping[str, Channel]:
    """The channels that notifications may name and that have their secrets.

    With `in_log`, the console's part is events of the log.
    """
    return {row.name: _build(row, settings, in_log=in_log) for row in rows if _is_ready(row, settings)}


def build_outbox(settings: Settings, history: History) -> HistoryOutbox:
    """The outbox as this process sees it; its claims outlast any one request."""
    slowest = max((REQUEST_LASTS * channel.timeout for channel in settings.channels.values()), default=LEASE)
    return history.outbox(lease=max(LEASE, slowest), routing=build_routing(settings, channel_names(settings)))


def build_deliverer(settings: Settings, outbox: HistoryOutbox, clock: Clock, *, in_log: bool = False) -> Deliverer:
    """What delivers notifications that are due; see `build_channels`."""
    channels, links = build_channels(settings, in_log=in_log), build_links(settings.links)
    return Deliverer(outbox, channels, clock, Resending(_forgetful(channels), outbox.standing, clock, links), links)


def _forgetful(channels: Mapping[str, Channel], rows: Iterable[ChannelRow] = ROWS) -> Mapping[str, Forgetful]:
    found = ((row, channels.get(row.name)) for row in rows)
    return {
        row.name: Forgetful(channel, row.resend)
        for row, channel in found
        if isinstance(channel, Renewing) and row.resend is not None
    }


def _is_ready(row: ChannelRow, settings: Settings) -> bool:
    section = settings.channels.get(row.name)
    return row.is_always_there or (section is not None and not section.missing)


def _build(row: ChannelRow, settings: Settings, *, in_log: bool) -> Channel:
    if in_log and row.in_log is not None:
        return row.in_log()
    section = settings.channels.get(row.name)
    return row.build(**{key: _plain(getattr(section, key)) for key in row.keys})


def _plain(value: object) -> object:
    match value:
        case SecretStr():
            return value.get_secret_value().strip()  # a line break at its end is how it was pasted
        case timedelta():
            return value.total_seconds()
        case _:
            return value
