"""Who looks at a page, and what those need who act."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request

from monitor.common.clock import Clock
from monitor.people.acts import Acts
from monitor.web.page.attempts import Attempts
from monitor.web.page.sessions import Session, Sessions


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks: `session` where somebody is signed in, and whether one can sign in at all; `at` is where they are."""

    session: Session | None
    can_sign_in: bool
    at: str


@dataclass(frozen=True, slots=True)
class People:
    """What acting needs; pages without it only show.

    `names` are those under which the page is known, and `wake` has the notifications of an act delivered at once.
    """

    sessions: Sessions
    attempts: Attempts
    clock: Clock
    acts: Acts
    names: frozenset[str] = frozenset()
    wake: Callable[[], None] = lambda: None


def visitor(people: People | None, request: Request) -> Visitor:
    """Who sends a request."""
    session = None if people is None else people.sessions.read(request.cookies)
    return Visitor(session, people is not None, request.url.path)
