"""Routes from settings."""

from zoneinfo import ZoneInfo

from alerts.channels.registry import ROWS
from alerts.routing.matching import Matcher
from alerts.routing.route import Route, Routing
from alerts.routing.spans import Once, Spans, Weekly
from config.routes import DAYS, MuteSettings, QuietHours, RouteSettings
from config.settings import Settings


def build_routing(settings: Settings, everywhere: tuple[str, ...]) -> Routing:
    """The routes, and the channels of an incident that none of them is for."""
    hears_all = settings.console.enabled and not settings.console.routed
    always = frozenset(row.name for row in ROWS if row.is_always_there and hears_all)
    return Routing(everywhere, tuple(map(_route, settings.routes)), always, settings.alerting.refresh)


def _route(route: RouteSettings) -> Route:
    return Route(
        channels=route.channels,
        matcher=Matcher(*route.patterns),
        mention=route.mention or "",
        repeat=route.repeat,
        escalate_after=route.escalate_after,
        quiet_hours=None if route.quiet_hours is None else _quiet(route.quiet_hours),
        mute=tuple(map(_mute, route.mute)),
        goes_on=route.goes_on,
        zone=route.zone or "",
    )


def _quiet(hours: QuietHours) -> Spans:
    return Weekly(hours.start, hours.end, ZoneInfo(hours.zone))


def _mute(mute: MuteSettings) -> Spans:
    if mute.start is not None and mute.end is not None:
        return Once(mute.start, mute.end)
    if mute.from_ is None or mute.to is None:
        raise ValueError("a window without an end was validated")
    return Weekly(mute.from_, mute.to, ZoneInfo(mute.zone), frozenset(map(DAYS.index, mute.days)))
