"""Database URLs: checked, shown without their password, and with paths that do not depend on where one stands."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import AfterValidator
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from config.secrets import SECRET_WORDS

FILE_DATABASES: Final = ("sqlite", "duckdb")
IN_MEMORY: Final = (None, "", ":memory:")


_HINTS: Final = {
    "postgres": "write postgresql+psycopg://",
    "clickhousedb": "its driver is not installed: pip install 'tunewatch[clickhouse]'",
    "clickhouse": "write clickhousedb://user@host:8123/database, or for TLS clickhousedb://user@host:8443/database, "
    "with the driver of pip install 'tunewatch[clickhouse]'",
}
"""What to do about a scheme that begins so and is not known."""


def mask(url: str) -> str:
    """Return the URL as it may be shown: its password, and values in its query that look like one, as `***`.

    >>> mask("postgresql+psycopg://bot:hunter2@db/logs")
    'postgresql+psycopg://bot:***@db/logs'
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return "***"
    if parsed.password is None and not any(map(_is_secret, parsed.query)):
        return url
    hidden = {key: "***" if _is_secret(key) else value for key, value in parsed.query.items()}
    return parsed.set(query=hidden).render_as_string(hide_password=True)


def anchor(url: str, folder: Path) -> str:
    """Return the URL with a relative SQLite or DuckDB path made absolute, seen from `folder`."""
    parsed = make_url(url)
    if not is_file_database(parsed) or parsed.database is None or parsed.database.startswith("file:"):
        return url
    path = str(folder / Path(parsed.database).expanduser())
    return parsed.set(database=path).render_as_string(hide_password=False)


def is_file_database(url: URL) -> bool:
    """Whether the URL names a database that is one file of this machine."""
    return url.get_backend_name() in FILE_DATABASES and url.database not in IN_MEMORY


def _is_secret(key: str) -> bool:
    return bool(SECRET_WORDS.search(key))


def _checked(url: str) -> str:
    try:
        parsed = make_url(url)
        _must_have_driver(parsed)
    except NoSuchModuleError:
        scheme = url.partition(":")[0]
        hint = next((f"; {what}" for name, what in _HINTS.items() if scheme.startswith(name)), "")
        raise ValueError(f"names a database that is not supported: {scheme}{hint}") from None
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        raise ValueError("is not a database URL; write one such as postgresql+psycopg://user@host/name") from None
    rest = url.partition("://")[2]
    if parsed.drivername.partition("+")[0] in FILE_DATABASES:
        return url
    if rest.count("@") > 1:  # the driver would take a piece of the password for the host, and name it
        raise ValueError("has more than one @; in a password write %40 for @, %2F for /, %3A for : and %25 for %")
    if "@" in rest.partition("?")[2]:
        raise ValueError("has an @ after its ?; write %40 for it")
    return url


def _must_have_driver(url: URL) -> None:
    if url.get_backend_name() == "clickhouse":  # which its driver makes known once it is imported
        raise NoSuchModuleError
    if url.drivername not in FILE_DATABASES:  # whose drivers are always there, and one takes long to import
        url.get_dialect()


DatabaseUrl = Annotated[str, AfterValidator(_checked)]
"""A URL that SQLAlchemy understands. May hold a password: show it only through `mask`."""
