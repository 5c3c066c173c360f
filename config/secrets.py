"""The secrets that this process was given, so that they can be kept out of whatever it writes.

An error of a driver or of a library may hold a part of a URL in any form. A pattern cannot foresee that; the value can.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus, unquote

from pydantic import SecretStr

from config.shape import alternatives, below, section_in

SHORTEST: Final = 5
"""Characters; a shorter secret may be a part of many a plain word."""

SECRET_WORDS: Final = re.compile(
    r"(?i)passw(or)?d|pwd|secret|token(?!s)|signature|credential|(api|access|account|shared|private)[-_]?key|^(sig|sas|key|auth)$"
)
"""What is in the name of a parameter whose value is a secret."""

_PLAIN: Final = frozenset({"postgres", "password", "localhost", "tunewatch"})
"""Passwords of examples and of careless people that are words of error messages too."""

_known: set[str] = set()


def known() -> frozenset[str]:
    """All that was remembered in this process."""
    return frozenset(_known)


def remember(*secrets: str) -> None:
    """Keep secrets, in the forms in which they may be written."""
    for secret in secrets:
        for form in (secret, unquote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]):
            if len(form) >= SHORTEST and form.lower() not in _PLAIN:
                _known.add(form)


def remember_all(tree: object, annotation: Any) -> None:  # noqa: ANN401 - an annotation can be anything
    """Keep the secrets of what a file or the environment says, before anybody knows whether it is right."""
    for value in _values(tree, annotation):
        remember(*value)


def holds_secrets(annotation: Any) -> bool:  # noqa: ANN401
    """Whether a value of this kind is a secret, or has one in it: nothing of it can be shown."""
    if SecretStr in alternatives(annotation):
        return True
    section = section_in(annotation)
    if section is not None:
        return any(name == "url" or holds_secrets(field.annotation) for name, field in section.model_fields.items())
    inner = below(annotation, "")
    return inner is not None and holds_secrets(inner)


def of_url(url: str) -> Iterator[str]:
    """What is secret in a database URL, however it is spelled: between the first colon of the user and the last @."""
    _, _, rest = url.partition("://")
    plain, _, query = rest.partition("?")
    user, at, _ = (rest if "@" in query else plain).rpartition("@")
    if at and ":" in user:
        secret = user.partition(":")[2]
        yield secret
        # A driver that splits it where it should not names the pieces.
        for sign in re.finditer(r"[@/:?#]", secret):
            yield from (secret[: sign.start()], secret[sign.end() :])
        yield from re.split(r"[@/:?#]", secret)
    for pair in re.split(r"[&;]", query):
        name, _, value = pair.partition("=")
        if SECRET_WORDS.search(name):
            yield value


def _values(tree: object, annotation: Any, key: str = "") -> Iterator[tuple[str, ...]]:  # noqa: ANN401
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from _values(value, below(annotation, str(name)) if annotation else None, str(name))
    elif isinstance(tree, list):
        for item in tree:
            yield from _values(item, None, key)
    elif isinstance(tree, str):
        if annotation is not None and SecretStr in alternatives(annotation):
            yield (tree, *tree.splitlines())
        elif "://" in tree:
            yield tuple(of_url(tree))
        elif SECRET_WORDS.search(key):
            yield (tree,)
