"""Versions, segment values and sources as names: one spelling of each, the same on every engine.

White space around a name and the form of its Unicode letters mean nothing. In a column of numbers 3.0 is 3: one whose
type says so, or whose texts are whole numbers only, some with .0 and some without, as where one writer had a gap in the
column and another had none. Any other text stays as it is: versions 1.1 and 1.10 are two, and 2.0 is named so.
"""

import sqlite3
import unicodedata
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from monitor.log.kinds import ColumnKind

_ASCII: Final = " \t\n\r\x0b\x0c"
_WIDE: Final = (
    "\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    "\ufeff\u200b\u200c\u200d\u2060"
)
"""White space beyond ASCII, and what has no width at all."""
_NUMBERS: Final = {ColumnKind.FLOAT, ColumnKind.DECIMAL}


class TidyName(FunctionElement[str]):
    """A text as a name. `kind` is that of its column; with `plain`, its numbers are written without .0.

    Without `unicode`, the server keeps its texts in an encoding that has only one form of each letter.
    """

    name = "tidy_name"
    type = sa.Text()
    inherit_cache = False

    def __init__(
        self,
        text: sa.ColumnElement[Any],
        column: sa.ColumnElement[Any],
        kind: ColumnKind,
        *,
        plain: bool,
        unicode: bool,
    ) -> None:
        super().__init__(text, column)
        self.kind = kind
        self.plain = plain
        self.unicode = unicode


@compiles(TidyName)
def _tidy(element: TidyName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x, _ = (compiler.process(part, **kw) for part in element.clauses)
    if element.kind in _NUMBERS:
        return f"CASE WHEN lower({x}) <> 'nan' THEN {_plain(x)} END"
    is_duckdb = compiler.dialect.name == "duckdb"
    bare = f"trim({x}, {_literal(_ASCII)})" if is_duckdb else f"btrim({x}, {_literal(_ASCII)})"
    if element.unicode:
        size, form = ("strlen", "nfc_normalize({})") if is_duckdb else ("octet_length", "normalize({}, NFC)")
        wide = f"{'trim' if is_duckdb else 'btrim'}({x}, {_literal(_ASCII + _WIDE)})"
        bare = f"CASE WHEN {size}({x}) = length({x}) THEN {bare} ELSE {form.format(wide)} END"
    return _plain(bare) if element.plain else bare


@compiles(TidyName, "sqlite")
def _tidy_sqlite(element: TidyName, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401
    x, column = (compiler.process(part, **kw) for part in element.clauses)
    odd = f"{x} GLOB '*[^ -~]*' OR {x} GLOB ' *' OR {x} GLOB '* '"
    bare = f"CASE WHEN {odd} THEN tidy_name({x}) ELSE {x} END"
    text = _plain(bare, "instr") if element.plain else bare
    return f"CASE WHEN typeof({column}) = 'real' THEN {_plain(x, 'instr')} ELSE {text} END"


def _plain(number: str, place: str = "strpos") -> str:
    """SQL of a number without zeros that say nothing; what has no point, or an exponent, stays as it is."""
    has_end = f"{place}({number}, '.') > 0 AND {place}(lower({number}), 'e') = 0"
    return f"CASE WHEN {has_end} THEN rtrim(rtrim({number}, '0'), '.') ELSE {number} END"


def _literal(characters: str) -> str:
    return "(" + " || ".join(f"chr({ord(each)})" for each in characters) + ")"


def tidy_name(text: str | None) -> str | None:
    r"""Return a text as a name.

    >>> tidy_name("\u00a0re\u0301gion\u200b ")
    'r\xe9gion'
    """
    if text is None:
        return None
    return unicodedata.normalize("NFC", text.strip(_ASCII if text.isascii() else _ASCII + _WIDE))


def register_tidy_names(connection: sqlite3.Connection) -> None:
    """Give a SQLite connection the function that it lacks."""
    connection.create_function("tidy_name", 1, tidy_name, deterministic=True)


def has_unicode(connection: sa.Connection) -> bool:
    """Whether the engine knows that letters have forms."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.exec_driver_sql("SHOW server_encoding").scalar() == "UTF8")
