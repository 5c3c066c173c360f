"""Channels that ask to wait, are slow, or are away, by a clock that is turned by hand."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from alerts.channels.channel import Channel, ChannelError, Post, Receipt
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Reason, Transition
from alerts.routing.route import Routing
from checks.rules.finding import Verdict
from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, finding, incident, opened

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
CROWD: Final = 25  # incidents

POLL: Final = 5 * SECOND  # as the daemon's delivery

OUTAGES: Final = {"30 minutes": 30 * MINUTE, "26 hours": 26 * HOUR, "5 days": 120 * HOUR}


@dataclass(frozen=True, slots=True)
class Row:
    """One case: first messages that are there, and that should be; look-ups; seconds until all was told."""

    case: str
    roots: int
    wanted: int
    lookups: int
    calls: int
    told_after: float
    right: bool


def storm(make: Callable[[], str]) -> Row:
    """An hour in which Slack answers every call with a 429."""
    with _desk(make()) as (desk, slack):
        desk.put(opened())
        end = desk.now + HOUR
        while desk.now < end:
            slack.trouble.clear()
            slack.rate_limit(30)
            desk.wait(4 * POLL)
        slack.trouble.clear()
        attempts = desk.rows()[0]["attempts"]
        row = _until_told(desk, slack, "429 for an hour", 1)
        return replace(row, right=row.right and attempts == 0)


def outage(name: str, make: Callable[[], str]) -> Row:
    """Nobody answers while an incident opens and gets worse."""
    with _desk(make()) as (desk, slack):
        there, desk.channels = desk.channels, {"slack": SlackChannel(TOKEN, "C0ONCALL1", "http://127.0.0.1:9/api/")}
        end = desk.now + OUTAGES[name]
        warned = finding(verdict=Verdict.WARNING)
        desk.put(Transition(incident(warned, severity=Verdict.WARNING), Event.OPENED, desk.now, Reason.ALARM_FIRED))
        step = OUTAGES[name] / 40
        while desk.now < end - step:
            desk.wait(step)
        desk.put(Transition(incident(updated_at=desk.now), Event.ESCALATED, desk.now, Reason.SEVERITY_ROSE))
        desk.wait(end - desk.now - MINUTE)
        while desk.now < end:
            desk.wait(POLL)
        desk.channels = there
        return _until_told(desk, slack, f"away for {name}", 1)


def crowd(make: Callable[[], str]) -> Row:
    """25 incidents at once, of a Slack that takes one message a second."""
    with _desk(make()) as (desk, slack):
        desk.put(*(opened(id=f"quality-{number}") for number in range(CROWD)))
        for _ in range(120):
            slack.trouble.clear()
            slack.no_trouble()
            for _ in range(30):
                slack.rate_limit(1)
            desk.wait(SECOND)
            if len(slack.workspace.oncall.roots) == CROWD:
                break
        slack.trouble.clear()
        return _until_told(desk, slack, "25 at once, one a second", CROWD)


def late(make: Callable[[], str]) -> Row:
    """Slack takes a message after the time-out."""
    with _desk(make(), timeout=0.2) as (desk, slack):
        desk.put(opened())
        slack.stall(0.5, obeyed=True)
        desk.work()
        return _until_told(desk, slack, "taken after the time-out", 1)


class _Broken:
    """A channel that takes nothing while it is down."""

    def __init__(self) -> None:
        self.down, self.told = False, list[str]()

    def send(self, post: Post) -> Receipt:
        if self.down:
            raise ChannelError("down", permanent=False, is_untaken=True)
        self.told.append(post.now.incident.id)
        return Receipt("ref")


def in_turn(make: Callable[[], str], minutes: int = 60) -> Row:
    """Three channels, each down for so long in turn (an hour), an incident opening meanwhile; untold a minute after."""
    channels = {f"channel-{number}": _Broken() for number in range(3)}
    history = History.open(make())
    desk = Desk(history, "", channels, routing=Routing(tuple(channels)))
    untold, longest = 0, 0.0
    for number, (name, channel) in enumerate(channels.items()):
        channel.down = True
        desk.put(opened(id=f"quality-{number}"), channels=())
        for _ in range(minutes):
            desk.wait(MINUTE)
        channel.down, since = False, desk.now
        while desk.now - since < MINUTE and f"quality-{number}" not in channel.told:
            desk.wait(POLL)
        untold += f"quality-{number}" not in channels[name].told
        longest = max(longest, (desk.now - since) / SECOND)
    roots = sum(len(each.told) for each in channels.values())
    history.close()
    return Row("each of 3 channels down for an hour", roots, 9, 0, 0, longest, untold == 0)


def _until_told(desk: Desk, slack: FakeSlack, case: str, wanted: int) -> Row:
    began = desk.now
    while (waiting := desk.outbox.undelivered(("slack",))) and desk.now - began < HOUR:
        desk.wait(POLL)
    roots = slack.workspace.oncall.roots
    methods = [call.method for call in slack.calls]
    lookups = sum(method.startswith("conversations.") for method in methods)
    right = not waiting and all(root.text.startswith("🔴 CRITICAL") for root in roots)
    return Row(case, len(roots), wanted, lookups, len(methods), (desk.now - began) / SECOND, right)


@contextmanager
def _desk(url: str, timeout: float = 5) -> Iterator[tuple[Desk, FakeSlack]]:
    history = History.open(url)
    with FakeSlack() as slack:
        channels: Mapping[str, Channel] = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url, timeout=timeout)}
        yield Desk(history, url, channels, T0, Routing(("slack",))), slack
    history.close()
