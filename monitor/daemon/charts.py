"""Charts that go with messages: what draws them, where they are wanted and can be drawn."""

from alerts.channels.channel import Draw, Picture, draw_nothing
from alerts.incident import Incident
from config.settings import Settings
from monitor.daemon.pages import watched_of
from monitor.history import History
from monitor.web.page.png import png

_TAKERS = ("slack", "email")
"""Channels that a chart can be sent in."""


def build_draw(settings: Settings, history: History) -> Draw:
    """What draws the chart of an incident; nothing where no channel takes one, or it was turned off."""
    if not settings.alerting.charts or not any(each.kind in _TAKERS for each in settings.told_in):
        return draw_nothing
    watched = {name: watched_of(name, monitor) for name, monitor in settings.monitors.items()}

    def draw(incident: Incident) -> Picture | None:
        from monitor.web.page.picture import picture  # noqa: PLC0415 - templates, which only charts need

        of = watched.get(incident.monitor)
        drawing = None if of is None else picture(history, of, incident)
        return None if drawing is None else Picture(png(drawing.svg), drawing.said)

    return draw
