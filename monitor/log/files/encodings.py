"""The encoding of text that is not UTF-8."""

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from charset_normalizer.models import CharsetMatch

WESTERN: Final = "cp1252"
_ODD: Final = re.compile(r"[^\x00-\x7f]")
_NATURAL: Final = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüÿœŒ")
_MARKS: Final = frozenset(bytes(range(0x80, 0xC0)).decode(WESTERN, errors="ignore"))  # quotes, dashes, currencies
_APOSTROPHE: Final = "\u2019"  # the only mark that stands within words
_ODD_WITHIN: Final = re.compile(r"(?<=[^\W\d_])[^\x00-\x7f](?=[^\W\d_])")
_MOSTLY: Final = 0.9
_SELDOM: Final = 0.02
_LONGEST_RUN: Final = 1.5  # letters with accents that stand together, on average: few in Western languages
_LANGUAGES: Final = {
    "cp1250": ("Polish", "Czech", "Slovak", "Slovene", "Hungarian", "Croatian", "Romanian"),
    "cp1251": ("Russian", "Ukrainian", "Bulgarian", "Serbian"),
    "cp866": ("Russian", "Ukrainian", "Bulgarian", "Serbian"),
    "koi8_r": ("Russian", "Ukrainian", "Bulgarian"),
    "cp1253": ("Greek",),
    "cp1254": ("Turkish",),
    "cp1255": ("Hebrew",),
    "cp1256": ("Arabic", "Farsi"),
    "shift_jis": ("Japanese",),
    "euc_jp": ("Japanese",),
    "gb18030": ("Chinese",),
    "big5": ("Chinese", "Classical Chinese"),
    "euc_kr": ("Korean",),
}
"""Encodings that are looked for, each with the languages in whose favour it may be told."""
_LEAST_COHERENCE: Final = 0.2  # share of the commonest letters of the language that are common in the text too
_ALIKE: Final = 0.75  # of the best coherence: another encoding as likely as that leaves it open
_ROUGH: Final = 0.01  # of the share of unlikely letters: one that has so many more is out


def guess_encoding(sample: bytes) -> str | None:
    """Return the encoding of lines that are no UTF-8, None if it cannot be told: a wrong one would invent classes.

    Western European text is told by its letters: those with accents stand alone among plain ones. Any other is left to
    charset-normalizer, which knows how often the letters of a language occur; what it finds counts if it finds a
    language that is written so, and no other encoding comes near. A few class names are seldom enough for that.
    """
    if _is_western(sample):
        return WESTERN
    from charset_normalizer import from_bytes  # noqa: PLC0415  # seldom needed, and 30 ms

    found = from_bytes(sample, cp_isolation=list(_LANGUAGES), threshold=0.3)
    likely = sorted(
        ((each.coherence, each.encoding) for each in found if each.chaos <= _ROUGH and _speaks(each)), reverse=True
    )
    if not likely or likely[0][0] < _LEAST_COHERENCE:
        return None
    return likely[0][1] if len(likely) == 1 or likely[1][0] < _ALIKE * likely[0][0] else None


def _speaks(match: "CharsetMatch") -> bool:
    return match.language in _LANGUAGES.get(match.encoding, ())


def decode_line(line: bytes, fallback: str | None) -> str:
    """Decode a line that is UTF-8 or else in the fallback: writers of both may have shared the file."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(fallback or "utf-8", errors="replace")


def _is_western(sample: bytes) -> bool:
    text = sample.decode(WESTERN, errors="replace")
    odd = _ODD.findall(text)
    letters = [each for each in odd if each in _NATURAL]
    within = sum(each in _MARKS and each not in _NATURAL | {_APOSTROPHE} for each in _ODD_WITHIN.findall(text))
    known = len(letters) + sum(each in _MARKS and each not in _NATURAL for each in odd) - within
    runs = re.findall("[" + "".join(sorted(_NATURAL)) + "]+", text)
    if within > _SELDOM * len(odd):
        return False
    return known >= _MOSTLY * len(odd) and len(letters) <= _LONGEST_RUN * max(len(runs), 1)
