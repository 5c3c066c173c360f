"""Takes personal data out of messages: what has a form that can be recognised, without a model and without a network.

Names, addresses and what people tell of themselves in plain words have no such form and stay: who gets the files must
know that, and every folder says so.
"""

import importlib
import ipaddress
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

FEWEST_DIGITS: Final = 7  # of a number that may belong to one person: local telephone numbers have no fewer

_EMAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.\w{2,}")
_URL: Final = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_IP: Final = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7})(?![\w:])")
_IBAN: Final = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])")
_CARD: Final = re.compile(r"(?<![\w])\d(?:[ -]?\d){12,18}(?![\w])")
_NUMBER: Final = re.compile(rf"(?<![\w\[])\+?\(?\d(?:[ ()./\\-]{{0,3}}\d){{{FEWEST_DIGITS - 1},}}")
_CODE: Final = re.compile(rf"\b(?=[A-Za-z-]*(?:\d[A-Za-z-]*){{{FEWEST_DIGITS},}}\b)[A-Za-z0-9-]+\b")

Finder = Callable[[str], Iterator[tuple[int, int]]]


class ScrubberMissingError(Exception):
    """A library that finds personal data is not installed."""


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """A message without what was found in it, and how often each kind was."""

    text: str
    found: Counter[str]


Scrub = Callable[[str], Scrubbed]


class Scrubber:
    """Puts a placeholder such as [EMAIL] in the place of each thing that is found; a second time it finds nothing.

    `patterns` are the operator's own regular expressions by placeholder, and are looked for first. `region` is the
    country whose phone numbers are written without their country code.
    """

    def __init__(self, patterns: Mapping[str, str], region: str | None) -> None:
        own = {name: _all_of(re.compile(pattern)) for name, pattern in patterns.items()}
        self._finders: dict[str, Finder] = {
            **own,
            "EMAIL": _all_of(_EMAIL),
            "URL": _all_of(_URL),
            "IBAN": _longest_valid(_IBAN, _library("stdnum.iban").is_valid),
            "CARD": _valid(_CARD, _library("stdnum.luhn").is_valid),
            "IP": _valid(_IP, _is_address),
            "PHONE": _phones(region),
            "NUMBER": _all_of(_NUMBER),
            "CODE": _all_of(_CODE),
        }

    def __call__(self, text: str) -> Scrubbed:
        """Take out what is found; letters that cannot be seen go too, since they hide what they stand in."""
        found: Counter[str] = Counter()
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
        for name, find in self._finders.items():
            text, n = _replaced(text, find, f"[{name}]")
            found[name] += n
        return Scrubbed(text, +found)


def as_it_is(text: str) -> Scrubbed:
    """Leave a message alone, for those who asked for it."""
    return Scrubbed(text, Counter())


def _replaced(text: str, find: Finder, placeholder: str) -> tuple[str, int]:
    parts, end, n = [], 0, 0
    for start, stop in find(text):
        if start >= end and text[start:stop] != placeholder:
            parts += [text[end:start], placeholder]
            end, n = stop, n + 1
    return "".join((*parts, text[end:])), n


def _all_of(pattern: re.Pattern[str]) -> Finder:
    return lambda text: (match.span() for match in pattern.finditer(text))


def _valid(pattern: re.Pattern[str], is_valid: Callable[[str], bool]) -> Finder:
    def find(text: str) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            if is_valid(_plain(match.group())):
                yield match.span()

    return find


def _longest_valid(pattern: re.Pattern[str], is_valid: Callable[[str], bool]) -> Finder:
    """Finder of the longest valid part of each match, where words that follow look like a part of it."""

    def find(text: str) -> Iterator[tuple[int, int]]:
        for match in pattern.finditer(text):
            start, end = match.span()
            stops = (stop for stop in range(end, start, -1) if not text[stop : stop + 1].isalnum())
            stop = next((stop for stop in stops if is_valid(_plain(text[start:stop]))), None)
            if stop is not None:
                yield start, stop

    return find


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace(" ", "").replace("-", "").upper()


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.lower())
    except ValueError:
        return False
    return True


def _phones(region: str | None) -> Finder:
    matcher: Any = _library("phonenumbers").PhoneNumberMatcher

    def find(text: str) -> Iterator[tuple[int, int]]:
        if sum(letter.isdigit() for letter in text) >= FEWEST_DIGITS:  # the matcher takes its time
            for match in matcher(text, region):
                yield match.start, match.end

    return find


def _library(name: str) -> Any:  # noqa: ANN401 - a module that publishes no types
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        package = {"stdnum": "python-stdnum"}.get(name.partition(".")[0], name)
        message = f"{package} is not installed, which finds personal data; pip install {package}"
        raise ScrubberMissingError(message) from error
