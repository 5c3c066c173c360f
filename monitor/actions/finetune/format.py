"""What a format of training data is; each reads its own files back and says what is wrong with them."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol


class Example(NamedTuple):
    """A message and its class."""

    text: str
    label: str


class FormatError(Exception):
    """A file is not of its format; a fault of ours, found before anybody uploads it."""


class Format(Protocol):
    """How training data is written for one provider, as the page `source` documents it."""

    @property
    def name(self) -> str:
        """What --format calls it."""
        ...

    @property
    def suffix(self) -> str:
        """Of its files' names."""
        ...

    @property
    def source(self) -> str:
        """The page that documents it."""
        ...

    @property
    def fewest(self) -> int:
        """Training examples that the provider asks for."""
        ...

    @property
    def takes_prompt(self) -> bool:
        """Whether the prompt is a part of each example."""
        ...

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:
        """The whole file; `system` is the prompt, None where there is none; `labels` are the classes by number."""
        ...

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:
        """The examples of a file. Raises FormatError where it is not of this form."""
        ...


def json_lines(records: Any) -> str:  # noqa: ANN401 - an iterable of what JSON takes
    """One object a line."""
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def parsed(text: str) -> list[dict[str, Any]]:
    """The objects of a file, one a line. Raises FormatError where the last line is cut off."""
    lines = text.split("\n")  # not splitlines: a message may hold other separators that JSON leaves as they are
    if lines.pop():
        raise FormatError("the last line does not end")
    return [json.loads(line) for line in lines]


def only(line: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    """The object, if it has no other keys. Raises FormatError."""
    if not set(line) <= keys:
        raise FormatError(f"a line has the keys {sorted(line)}, not only {sorted(keys)}")
    return line


def example(text: str, label: str) -> Example:
    """An example that has both. Raises FormatError."""
    if not text.strip() or not label.strip():
        raise FormatError("an example has no text or no label")
    return Example(text, label)
