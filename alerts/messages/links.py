"""Where to look next: the page of an incident, its runbook, a dashboard, a report of its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from alerts.incident import Incident
from alerts.routing.matching import Facts, Matcher

PAGE: Final = "page"
RUNBOOK: Final = "runbook"
DASHBOARD: Final = "dashboard"
REPORT: Final = "report"

WORDS: Final = {PAGE: "incident", RUNBOOK: "runbook", DASHBOARD: "dashboard", REPORT: "report of the rows"}
"""What each link is called, in the order in which they stand."""

FACTS: Final = ("monitor", "incident", "family", "check", "class")
"""What the address of a runbook or a dashboard may name in braces."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link: `kind` is one of `WORDS`, `url` an address that a browser opens."""

    kind: str
    url: str

    @property
    def words(self) -> str:
        """What it is called."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses as an operator gives them.

    `page` is where people reach the page, with a slash at its end; `dashboard` and the runbooks may name `FACTS` in
    braces. Of the runbooks the first whose matcher fits counts. What is "" has no link.
    """

    page: str = ""
    dashboard: str = ""
    runbooks: tuple[tuple[Matcher, str], ...] = ()

    def of(self, incident: Incident) -> tuple[Link, ...]:
        """The links of an incident, in the order of `WORDS`."""
        return tuple(Link(kind, url) for kind, url in self._all(incident) if url)

    def _all(self, incident: Incident) -> Iterator[tuple[str, str]]:
        facts = Facts.of(incident)
        runbook = next((url for matcher, url in self.runbooks if matcher.fits(facts)), "")
        yield PAGE, f"{self.page}incidents/{quote(incident.id, safe='')}" if self.page else ""
        yield RUNBOOK, _filled(runbook, incident)
        yield DASHBOARD, _filled(self.dashboard, incident)
        yield REPORT, incident.report if incident.report.startswith(("https://", "http://")) else ""


NO_LINKS: Final = Links()


def _filled(url: str, incident: Incident) -> str:
    """The address with its facts, escaped: names of classes are data of others."""
    worst = incident.findings[0]
    values = (incident.monitor, incident.id, incident.family.value, worst.check, worst.subject)
    for name, value in zip(FACTS, values, strict=True):
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url
