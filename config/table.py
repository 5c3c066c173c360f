"""The table of every key in docs/configuration.md, written from the models so that it cannot drift.

`python -m config.table docs/configuration.md` rewrites the table in place.
"""

import ast
import inspect
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.duration import FalseAlarms, format_duration
from config.settings import Settings
from config.shape import fields_of, items_in, named_in, section_in

BEGIN: Final = "<!-- keys: written by python -m config.table -->"
END: Final = "<!-- end of keys -->"
FREE: Final = {  # what stands for a key that the operator chooses
    "monitors": "NAME",
    "classes": "CLASS",
    "versions": "VERSION",
    "model_versions": "VERSION",
    "recall": "CLASS",
    "patterns": "PLACEHOLDER",
    "where": "COLUMN",
    "where_not": "COLUMN",
    "map": "ANSWER",
    "options": "OPTION",
    "channels": "NAME",
}


def table() -> str:
    """Return the table: a row for each key with its default and what it means."""
    rows = [f"| `{key}` | {default} | {meaning} |" for key, default, meaning in _rows(Settings, "")]
    return "\n".join(["| key | default | meaning |", "| --- | --- | --- |", *rows])


def with_table(page: str) -> str:
    """Return the page with the table between its two marks brought up to date."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{after}"


def _rows(annotation: Any, prefix: str) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401 - an annotation can be anything
    section = section_in(annotation)
    meanings = _meanings(section) if section else dict[str, str]()
    for name, field in fields_of(section).items() if section else ():
        meaning = meanings[name]
        key = f"{prefix}{name}"
        value = named_in(field.annotation)
        if value is not None and section_in(value) is None:
            yield f"{key}.{FREE[name]}", "not set", meaning
        elif value is not None:
            if name == "channels":
                yield key, "`{}`", meaning
                yield from _kinds(value, f"{key}.{FREE[name]}.")
            else:
                yield from _rows(value, f"{key}.{FREE[name]}.")
        elif (item := items_in(field.annotation)) is not None:
            yield key, _default(field), meaning
            yield from _rows(item, f"{key}[].")
        elif section_in(field.annotation) is None:
            yield key, _default(field), meaning
        else:
            yield from _section_rows(key, field, meaning)


def _kinds(section: Any, prefix: str) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    """Sections whose keys are in the table already."""
    for name, field in fields_of(section).items():
        yield f"{prefix}{name}", _default(field), _meanings(section)[name]


def _section_rows(key: str, field: FieldInfo, meaning: str) -> Iterator[tuple[str, str, str]]:
    default = field.get_default(call_default_factory=True, validated_data={})
    if not field.is_required() and section_in(type(default)) is None:
        yield key, _default(field), meaning
    yield from _rows(field.annotation, f"{key}.")


@cache
def _meanings(section: type[BaseModel]) -> Mapping[str, str]:
    """By its key, what is written below each field of a section, in its class or one that it is made of."""
    found = dict[str, str]()
    for made_of in reversed(section.__mro__):
        if made_of.__module__.startswith("config."):
            (written,) = ast.parse(inspect.getsource(made_of)).body
            found |= dict(_documented(written.body)) if isinstance(written, ast.ClassDef) else {}
    return {field.alias or name: found.get(name, "") for name, field in section.model_fields.items()}


def _documented(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            yield field.target.id, inspect.cleandoc(str(ast.literal_eval(below.value)))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    default = field.get_default(call_default_factory=True, validated_data={})
    return "not set" if default is None else f"`{_written(default)}`"


def _written(value: object) -> str:
    if isinstance(value, timedelta):
        return format_duration(value)
    return str(value) if isinstance(value, str | FalseAlarms) else json.dumps(value)


def main() -> None:
    """Rewrite the table in the page that the command line names."""
    page = Path(sys.argv[1])
    page.write_text(with_table(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
