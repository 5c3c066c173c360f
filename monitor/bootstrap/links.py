"""Links from settings."""

from alerts.messages.links import Links
from alerts.routing.matching import Matcher
from config.links import LinksSettings


def build_links(settings: LinksSettings) -> Links:
    """Where messages lead."""
    runbooks = tuple((Matcher(*each.patterns), each.url) for each in settings.runbooks)
    return Links(settings.page or "", settings.dashboard or "", runbooks)
