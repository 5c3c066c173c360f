"""Reading the YAML file, with the line of every key."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NoReturn

import yaml

from config.errors import ConfigError, Problem

KeyPath = tuple[str, ...]
HINTS: Final = {
    "\\t": "; indent with spaces, not with tabs",
    "mapping values are not allowed": "; put a value that has a colon in it in quotes",
    "alias": "; put a value that begins with * in quotes",
    "anchor": "; put a value that begins with & in quotes",
    "tag": "; put a value that begins with ! in quotes",
}
_QUOTED: Final = re.compile(r"'(?!<)[^']{4,}'|\"[^\"]{4,}\"")
"""Words of the file in an error, which may be a secret; shorter ones are signs, such as '[' or '\\t'."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and the line (from 1) that each key stands on."""

    file: Path | None = None
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)

    def where(self, path: KeyPath) -> str:
        """Return `file:line` of the key, or of the nearest key above it that is written."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return f"{self.file}:{self.lines[path[:length]]}"
        return str(self.file or "")


def read_document(file: Path) -> Document:
    """Read a configuration file.

    Raises ConfigError where it cannot be read, is not YAML, is empty, or says a key twice.
    """
    loader = yaml.SafeLoader(_text(file))
    try:
        node = loader.get_single_node()
        if not isinstance(node, yaml.MappingNode):
            _refuse(file, "is empty" if node is None else "must consist of keys and values")
        repeated = [
            Problem(".".join(path), f"is written twice; the first time on line {first}", f"{file}:{line}")
            for path, first, line in _repeated(node, ())
        ]
        if repeated:
            raise ConfigError(repeated)
        values = loader.construct_document(node)
        return Document(file, values, dict(_lines(node, ())))
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(file, error)
    except yaml.reader.ReaderError as error:
        _refuse(file, f"is not YAML: it has a character that YAML does not allow (at position {error.position})")
    except (yaml.YAMLError, ValueError):  # whose words are those of the file
        _refuse(file, "is not YAML: a number or a time in it cannot be read; put it in quotes if it is text")
    except RecursionError:
        _refuse(file, "refers to itself, or is nested too deeply")
    finally:
        loader.dispose()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        _refuse(file, "does not exist; `tunewatch init` writes one")
    except IsADirectoryError:
        _refuse(file, "is a directory, not a file")
    except UnicodeDecodeError as error:
        _refuse(file, f"is not UTF-8 text (at byte {error.start})")
    except OSError as error:
        _refuse(file, f"cannot be read: {error.strerror}")


def _repeated(node: yaml.Node, path: KeyPath) -> Iterator[tuple[KeyPath, int, int]]:
    """Yield each key that a mapping has twice, with both lines; YAML itself lets the last one win."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(item, path)
    if not isinstance(node, yaml.MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        name, line = _said(key), key.start_mark.line + 1
        if name in seen:
            yield (*path, name), seen[name], line
        seen.setdefault(name, line)
        yield from _repeated(value, (*path, name))


def _lines(node: yaml.Node, path: KeyPath) -> Iterator[tuple[KeyPath, int]]:
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield (*path, str(place)), item.start_mark.line + 1
            yield from _lines(item, (*path, str(place)))
    if not isinstance(node, yaml.MappingNode):
        return
    for key, value in node.value:
        here = (*path, _said(key))
        yield here, key.start_mark.line + 1
        yield from _lines(value, here)


def _said(key: yaml.Node) -> str:
    return str(key.value) if isinstance(key, yaml.ScalarNode) else "?"


def _refuse_syntax(file: Path, error: yaml.MarkedYAMLError) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    where = f"{file}:{mark.line + 1}" if mark else str(file)
    said = ", ".join(_QUOTED.sub("…", part) for part in (error.problem, error.context) if part)
    hint = next((hint for sign, hint in HINTS.items() if sign in said), "")
    raise ConfigError([Problem("", f"is not valid YAML: {said}{hint}", where)]) from None


def _refuse(file: Path, message: str) -> NoReturn:
    raise ConfigError([Problem("", message, str(file))]) from None
