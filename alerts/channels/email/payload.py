"""The mails that are sent; pure.

All mails of an incident answer the same id, which no mail has, so that clients put them into one thread whichever of
them arrived. The id of a mail is the same on every try that says the same, so that a server may drop a second one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import TYPE_CHECKING, Final

from alerts.channels.channel import Post
from alerts.channels.fingerprint import fingerprint
from alerts.incident import Event, State, Transition
from alerts.messages.message import Message
from alerts.messages.text import one_line, render_text
from checks.rules.finding import Verdict

if TYPE_CHECKING:
    from jinja2 import Template

MAX_SUBJECT: Final = 200
"""Characters; a phone shows some forty."""

_URGENT: Final = frozenset({Event.OPENED, Event.ESCALATED, Event.REOPENED})
_COLOURS: Final = {Verdict.CRITICAL: "#d32f2f", Verdict.WARNING: "#f57c00"}
_CALM: Final = {State.RECOVERING: "#1976d2", State.RESOLVED: "#388e3c"}


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom: addresses such as `tunewatch@acme.example`."""

    sender: str
    to: tuple[str, ...]

    @property
    def domain(self) -> str:
        """The sender's."""
        return self.sender.rpartition("@")[2]


def subject_of(message: Message) -> str:
    """The subject of the first mail: what is wrong, without a badge, as later mails answer it when that is past.

    What to do is left out for the same reason.
    """
    said = one_line(message.title)
    return said if len(said) <= MAX_SUBJECT else f"{said[: MAX_SUBJECT - 1]}…"


def mail(message: Message, post: Post, envelope: Envelope, subject: str) -> EmailMessage:
    """A mail with the message as text and as HTML. `subject` is that of the incident's first mail."""
    step, thread = post.now if post.first else post.step, f"<{post.step.incident.id}@{envelope.domain}>"
    incident = step.incident
    written = EmailMessage(SMTP)
    written["Subject"] = f"Re: {subject}" if post.thread else subject
    written["From"] = Address("tunewatch", addr_spec=envelope.sender)
    written["To"] = _addresses(envelope.to)
    written["Date"] = (post.sent_at or step.at).astimezone(UTC)
    written["Message-ID"] = f"<{incident.id}.{post.id}.{fingerprint(step)}@{envelope.domain}>"
    written["In-Reply-To"] = written["References"] = thread
    written["Auto-Submitted"] = "auto-generated"  # no out-of-office notes in return
    written["X-Auto-Response-Suppress"] = "All"
    written["X-Tunewatch-Monitor"] = incident.monitor
    written["X-Tunewatch-Severity"] = incident.severity.value
    written["X-Tunewatch-State"] = incident.state.value
    if incident.severity is Verdict.CRITICAL and incident.state is State.FIRING and post.step.event in _URGENT:
        written["Importance"] = "high"
        written["X-Priority"] = "1"
    written.set_content(render_text(message) + "\n", cte="quoted-printable")
    picture = post.draw(incident) if post.is_pictured else None
    shows = "" if picture is None else picture.said
    written.add_alternative(html(message, step, shows), subtype="html", cte="quoted-printable")
    if picture is not None:
        (*_, page) = written.iter_parts()
        page.add_related(picture.png, "image", "png", cid=f"<{CHART}>", filename=f"{incident.id}.png")
    return written


CHART: Final = "chart"
"""What the page calls the picture that goes with it."""


def html(message: Message, step: Transition, shows: str = "") -> str:
    """The message as a page, every sentence of it escaped; `shows` says what is on its chart, "" without one."""
    incident = step.incident
    colour = _CALM.get(incident.state) or _COLOURS[incident.severity]
    return _template().render(message=message, colour=colour, shows=shows, chart=CHART)


@cache
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only where mails are sent

    # Names of classes are data of users: all is escaped, and nothing turns the direction of text.
    templates = Environment(
        loader=PackageLoader("alerts.channels.email", ""),
        autoescape=True,
        finalize=lambda said: one_line(str(said)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("message.html.jinja")


def _addresses(to: Sequence[str]) -> list[Address]:
    return [Address(addr_spec=address) for address in to]
