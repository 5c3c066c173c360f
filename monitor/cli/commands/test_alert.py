"""`tunewatch test-alert`: does every route lead to people?"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from alerts.channels.channel import Channel, ChannelError, Post
from alerts.incident import Transition
from alerts.messages.sample import sample
from config.settings import Settings
from monitor.bootstrap.channels import build_channels, channel_names
from monitor.bootstrap.configuration import load
from monitor.bootstrap.links import build_links
from monitor.cli.commands.options import config_option, json_option
from monitor.common.clock import utc_now
from monitor.common.exit_codes import Exit
from monitor.common.json_lines import print_line
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.common.terminal import note, printable, show

_LOG = get_logger(__name__)


@click.command("test-alert")
@config_option
@json_option
def command(*, file: Path | None, as_json: bool) -> int:
    """Send a sample alert through every route, and its end, and say what arrived.

    The sample says that it is one. It goes to the channels themselves, with the mention of the route, whatever is
    silenced and at whatever hour; nothing is kept. PagerDuty calls whoever is on call, as for any alert. The exit
    status is 3 if a channel did not take it, or not its end.
    """
    settings = load(file)
    missing = settings.missing_secrets()
    for problem in missing:
        note(str(problem))
    channels = build_channels(settings)
    tried = [try_way(settings, channels, way) for way in _ways(settings)]
    for each in tried:
        if as_json:
            print_line(each.line())
        else:
            show(printable(each.text()))
    return Exit.FINE if not missing and all(each.error is None for each in tried) else Exit.UNREACHABLE


@dataclass(frozen=True, slots=True)
class Way:
    """A channel, and how a route leads there."""

    route: str
    channel: str
    mention: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it: what arrived, and what did not (None: nothing)."""

    way: Way
    said: str
    error: str | None

    def line(self) -> dict[str, object]:
        """For programs."""
        way = self.way
        return {"type": "sample", "route": way.route, "channel": way.channel, "arrived": self.said, "error": self.error}

    def text(self) -> str:
        """For people."""
        if self.error is None:
            said = self.said
        else:
            said = f"{self.said}, but {self.error}" if self.said else f"did not arrive: {self.error}"
        return f"{self.way.route} → {self.way.channel}: {said}"


def _ways(settings: Settings) -> Iterator[Way]:
    for place, route in enumerate(settings.routes):
        for channel in route.channels:
            yield Way(f"routes.{place}", channel, route.mention or "", route.zone or "")
    named = {channel for route in settings.routes for channel in route.channels}
    for channel in channel_names(settings):
        if channel not in named:
            yield Way("no route", channel)


def try_way(settings: Settings, channels: Mapping[str, Channel], way: Way) -> Tried:
    """Send a sample and its end; whatever goes wrong, even by a fault of ours, is what came of it."""
    channel = channels.get(way.channel)
    if channel is None:
        return Tried(way, "", "its secrets are not set")
    now, key = utc_now().replace(microsecond=0), secrets.token_hex(4)
    opened, over = sample(next(iter(settings.monitors)), key, now)
    # The page knows nothing of a sample.
    links = replace(build_links(settings.links), page="").of(opened.incident)

    def post(number: int, step: Transition, thread: str | None, *, first: bool) -> Post:
        named = f"{key}-{number}"
        return Post(named, step, thread, first=first, sent_at=now, mention=way.mention, zone=way.zone, links=links)

    try:
        first = channel.send(post(1, opened, None, first=True))
    except Exception as error:  # noqa: BLE001 - a fault of ours in one channel must not hide the state of the others
        return Tried(way, "", _why(error))
    arrived = "arrived" + (f" ({first.ref})" if first.ref else "")
    try:
        last = channel.send(post(2, over, first.ref or None, first=False))
    except Exception as error:  # noqa: BLE001 - as above
        return Tried(way, arrived, f"its end did not; close {opened.incident.id} by hand: {_why(error)}")
    notes = "; ".join(filter(None, (first.note, last.note)))
    return Tried(way, arrived + (f", but {redact(notes)}" if notes else ""), None)


def _why(error: Exception) -> str:
    if isinstance(error, ChannelError):
        return redact(str(error))
    _LOG.error("channel crashed", exc_info=error)
    return f"a fault of tunewatch, see its log: {type(error).__name__}"
