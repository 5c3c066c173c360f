"""Files that a query of DuckDB names: what their relative paths are relative to."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_TOKEN: Final = re.compile(
    r"--[^\n]*|/\*.*?\*/"  # comments
    r"|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""  # texts and names in quotes
    r"|\w+|\s+|.",
    re.DOTALL,
)
_READER: Final = re.compile(r"(read|scan|sniff)_\w+|\w+_scan|glob", re.IGNORECASE)
_AFTER: Final = frozenset({"from", "join"})
_EXTENSION: Final = re.compile(r"\.(csv|tsv|json|jsonl|ndjson|parquet|pq)(\.gz|\.zst)?$", re.IGNORECASE)


def anchor_query(query: str, folder: Path) -> str:
    """Return the query with the relative paths of files in it made absolute, seen from `folder`.

    A path is a text after FROM or JOIN, or in the first argument of a function that reads files. A name in double
    quotes that ends as files do is one too.

    >>> anchor_query("SELECT * FROM read_csv('a.csv', delim = ';') JOIN 'b.csv' USING (id)", Path("/etc"))
    "SELECT * FROM read_csv('/etc/a.csv', delim = ';') JOIN '/etc/b.csv' USING (id)"
    """
    words = [match[0] for match in _TOKEN.finditer(query)]
    before = ""
    brackets: list[_Bracket] = []
    for place, word in enumerate(words):
        if word.isspace() or word.startswith(("--", "/*")):
            continue
        inside = brackets[-1] if brackets else _Bracket("", paths=False)
        if word in "([{":
            reads = (word == "(" and _READER.fullmatch(before) is not None) or (word == "[" and inside.paths)
            brackets.append(_Bracket(word, paths=reads))
        elif word in ")]}":
            del brackets[-1:]
        elif word == "," and inside.opened == "(":
            inside.paths = False  # what follows are options
        elif _is_text(word) and (inside.paths or before.lower() in _AFTER):
            words[place] = _anchored(word, folder)
        before = word
    return "".join(words)


@dataclass
class _Bracket:
    opened: str
    paths: bool  # whether a text in it is a path


def _is_text(token: str) -> bool:
    return token.startswith("'") or (token.startswith('"') and _EXTENSION.search(token.strip('"')) is not None)


def _anchored(token: str, folder: Path) -> str:
    mark = token[0]
    path = token[1:-1].replace(mark * 2, mark)
    if "://" in path:
        return token
    return mark + str(folder / Path(path).expanduser()).replace(mark, mark * 2) + mark
