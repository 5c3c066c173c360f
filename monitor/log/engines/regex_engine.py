"""What engines share whose SQL has regular expressions."""

from abc import abstractmethod
from typing import ClassVar, Final

from config.names import LONGEST_NAME
from monitor.log.engines.engine import LogEngine
from monitor.log.kinds import ColumnKind
from monitor.log.times.times_sql import TimeSql, bare_text

WHOLE: Final = "[+-]?[0-9]+[.]0+"
HEX: Final = "[{]?[0-9A-Fa-f-]{16,}[}]?"

ASCII_SPACE: Final = " \t\n\r\x0b\x0c"
WIDE_SPACE: Final = (
    "\x85\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
    "\ufeff\u200b\u200c\u200d\u2060"
)
"""White space beyond ASCII, and what has no width at all."""

_NUMBERS: Final = {ColumnKind.FLOAT, ColumnKind.DECIMAL}


class RegexEngine(LogEngine):
    """An engine with regular expressions, of which `times` says how they are spelt."""

    times: ClassVar[TimeSql]

    @abstractmethod
    def bytes_of(self, x: str) -> str:
        """SQL of the number of bytes of a text."""

    def characters_of(self, x: str) -> str:
        """SQL of the number of characters of a text."""
        return f"length({x})"

    def start_of(self, x: str, length: int) -> str:
        """SQL of the first characters of a text."""
        return f"substr({x}, 1, {length})"

    def plain_number(self, x: str) -> str:
        """SQL of a text that is a number, see `plain_number`."""
        return plain_number(x)

    @abstractmethod
    def trimmed(self, x: str, characters: str) -> str:
        """SQL of a text without these characters (SQL too) around it."""

    @abstractmethod
    def composed(self, x: str) -> str:
        """SQL of a text whose letters are in Unicode's form NFC."""

    def matches(self, x: str, pattern: str, *, bare: bool) -> str:
        """Nothing matches NULL."""
        return f"coalesce({self.times.matches(bare_text(x, self.times) if bare else x, pattern)}, false)"

    def tidy_id(self, x: str) -> str:
        """By one regular expression for whole numbers and one for hex."""
        bare = f"trim({x}, ' ' || chr(9) || chr(10) || chr(13) || chr(160))"
        whole = f"WHEN {self.times.matches(bare, WHOLE)} THEN split_part({bare}, '.', 1)"
        small = f"WHEN {self.times.matches(bare, HEX)} THEN replace(replace(lower({bare}), '{{', ''), '}}', '')"
        return f"nullif(CASE {whole} {small} ELSE {bare} END, '')"

    def bounded_name(self, x: str) -> str:
        """The bytes of a text are known without counting its characters."""
        start = f"{self.start_of(x, LONGEST_NAME)} || '… #' || substr({self.md5(x)}, 1, 16)"
        is_long = f"{self.bytes_of(x)} > {LONGEST_NAME} AND {self.characters_of(x)} > {LONGEST_NAME}"
        return f"CASE WHEN {is_long} THEN {start} ELSE {x} END"

    def tidy_name(self, x: str, column: str, kind: ColumnKind, *, plain: bool, unicode: bool) -> str:  # noqa: ARG002
        """Letters beyond ASCII are looked at only in texts that have some."""
        if kind in _NUMBERS:
            return f"CASE WHEN lower({x}) <> 'nan' THEN {self.plain_number(x)} END"
        bare = self.trimmed(x, _literal(ASCII_SPACE))
        if unicode:
            composed = self.composed(self.trimmed(x, _literal(ASCII_SPACE + WIDE_SPACE)))
            bare = f"CASE WHEN {self.bytes_of(x)} = {self.characters_of(x)} THEN {bare} ELSE {composed} END"
        return self.plain_number(bare) if plain else bare


def plain_number(number: str, place: str = "strpos") -> str:
    """SQL of a number without zeros that say nothing; what has no point, or an exponent, stays as it is."""
    has_end = f"{place}({number}, '.') > 0 AND {place}(lower({number}), 'e') = 0"
    return f"CASE WHEN {has_end} THEN rtrim(rtrim({number}, '0'), '.') ELSE {number} END"


def first_of(x: str, length: str) -> str:
    """SQL of the one value of a list, as text; of several, as the engine writes them."""
    return f"CASE WHEN {length}({x}) = 1 THEN CAST(({x})[1] AS text) ELSE CAST({x} AS text) END"


def _literal(characters: str) -> str:
    """Spaces as they are: by their numbers, each would be a call in each of a name's copies in a statement."""
    return f"'{characters}'"
