"""HTML from templates: everything that is not markup of our own is escaped."""

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from alerts.messages.advising import recommendation
from alerts.messages.numbers import when
from alerts.messages.text import one_line
from alerts.messages.words import STATES, WORDS, problem, short_problem
from monitor.web.page.people import Visitor

if TYPE_CHECKING:
    from jinja2 import Environment

STYLE: Final = Path(__file__).with_name("page.css")


def document(template: str, **facts: Any) -> str:  # noqa: ANN401 - what the template names
    """One page. A name that the template asks for and that is not given is an error."""
    return _environment().get_template(template).render(**facts)


def said(visitor: Visitor, status: int, heading: str, detail: str, back: str = "") -> Response:
    """A page that says one thing; `back` is the address of where to go on, or ""."""
    facts = {"visitor": visitor, "heading": heading, "detail": detail, "back": back}
    return HTMLResponse(document("said.jinja", **facts), status)


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - when the first page is asked for

    environment = Environment(
        loader=PackageLoader("monitor.web.page", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_printable,
    )
    environment.filters |= {"moment": moment, "problem": problem, "short_problem": short_problem}
    environment.filters |= {"recommendation": recommendation}
    environment.globals |= {"WORDS": WORDS, "STATES": STATES}
    return environment


def _printable(value: Any) -> Any:  # noqa: ANN401 - whatever a template prints
    """Text of others has no controls, and no marks that turn its direction and so what stands beside it."""
    return one_line(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def moment(at: datetime) -> Markup:
    """A time in UTC, for people and for programs."""
    iso = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time>').format(iso, when(at))
