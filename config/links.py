"""Settings of links: where whoever reads a message looks next."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from config.base import Name, Section
from config.channels import OpenAddress
from config.routes import FamilyName, Patterns, Severity, listed

NAMED: Final = ("monitor", "incident", "family", "check", "class")
"""What an address may name in braces."""


def _address(url: str) -> str:
    if not re.match(r"https?://[^/\s@]+(?:[/?#]|$)", url) or re.search(r"\s", url):
        raise ValueError("must begin with https:// or http:// and name a host, without a user or a space")
    rest = url
    for known in NAMED:
        rest = rest.replace(f"{{{known}}}", "")
    if found := re.search(r"\{[^{}]+\}", rest):
        raise ValueError(f"names {found[0]}, and there is {', '.join(f'{{{name}}}' for name in NAMED)}")
    if "{" in rest or "}" in rest:
        raise ValueError(
            "has a brace that names nothing; write {monitor}, say, or %7B and %7D for the braces themselves"
        )
    return url


Address = Annotated[Name, AfterValidator(_address)]
"""A web address that may name facts of an incident in braces."""


class RunbookSettings(Section):
    """A runbook, and what it is for; what it does not name it fits."""

    monitor: Patterns | None = None
    """Only incidents of these monitors."""
    family: Annotated[tuple[FamilyName, ...], BeforeValidator(listed)] | None = None
    """Only these families."""
    severity: Annotated[tuple[Severity, ...], BeforeValidator(listed)] | None = None
    """Only incidents that are so severe by now."""
    check: Patterns | None = None
    """Only incidents with a finding of these checks."""
    class_name: Patterns | None = Field(default=None, alias="class")
    """Only incidents with a finding of these classes."""
    url: Address
    """Its address, which may name `{monitor}`, `{incident}`, `{family}`, `{check}` and `{class}`."""

    @property
    def patterns(self) -> tuple[tuple[str, ...], ...]:
        """What it matches, a field each; () for anything."""
        return (*(each or () for each in (self.monitor, self.family, self.severity, self.check, self.class_name)),)


class LinksSettings(Section):
    """Addresses that messages link to."""

    page: OpenAddress | None = None
    """Where people reach the page of this daemon, such as `https://tunewatch.example.org/`."""
    dashboard: Address | None = None
    """Your dashboard, which may name `{monitor}` and `{incident}`, say."""
    runbooks: tuple[RunbookSettings, ...] = ()
    """What to do in which case; the first that matches counts."""
