"""Turning what pydantic says into what an operator can act on."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.errors import ImpossibleError, Problem
from config.secrets import holds_secrets
from config.settings import Settings, variable_of
from config.shape import Path, annotation_at, is_secret, keys_at, leaves
from config.variables import Variables
from config.yaml_file import Document

FEW_KEYS: Final = 14  # that many can be listed on one line
LONGEST_SHOWN: Final = 60  # characters of a wrong value
NUMBERS: Final = {"float_parsing", "float_type", "int_parsing", "int_type", "int_from_float", "finite_number"}
BOUNDS: Final = {
    "greater_than": ("must be above {}", "gt"),
    "greater_than_equal": ("must be at least {}", "ge"),
    "less_than": ("must be below {}", "lt"),
    "less_than_equal": ("must be at most {}", "le"),
}
DEFAULT_NOT_MADE: Final = "default_factory_not_called"
"""A default that follows other keys, where one of these is wrong; that one has a problem of its own."""
KINDS: Final = {
    "string_type": "must be text; put it in quotes",
    "string_too_short": "is empty",
    "tuple_type": "must be a list",
    "too_short": "is empty; name at least one",
    "union_tag_invalid": "must be the name of a column, a path into one, or a list of these",
    "time_delta_type": "must be a duration such as 15m or 7d",
}


@dataclass(frozen=True, slots=True)
class Origins:
    """Where values were set, so that a problem can say so; what comes first wins over what follows."""

    environment: Variables
    secrets: Variables
    document: Document

    def where(self, path: Path) -> str:
        """Return the variable, the secret file or the line of the file that set the key."""
        for origins in (self.environment.origins, self.secrets.origins):
            exact = origins.get(path) or next((name for known, name in origins.items() if _nested(known, path)), None)
            if exact:
                return exact
        if path and path not in self.document.lines:  # a section that is there because a variable is in it
            origins = self.environment.origins | self.secrets.origins
            if within := next((name for known, name in origins.items() if _nested(path, known)), None):
                return within
        return self.document.where(path)


def explain(error: ValidationError, origins: Origins) -> list[Problem]:
    """Return a problem for each thing that pydantic found."""
    told = (details for details in error.errors() if details["type"] != DEFAULT_NOT_MADE)
    return [problem for details in told for problem in _problems(details, origins)]


def _nested(section: Path, path: Path) -> bool:
    """Whether `path` is the section or lies within it."""
    return path[: len(section)] == section


def _problems(details: ErrorDetails, origins: Origins) -> Iterator[Problem]:
    # Parts in parentheses are pydantic's names for the alternatives of a union; "[key]" marks the key of a mapping.
    path = tuple(str(part) for part in details["loc"] if not str(part).startswith(("(", "[key]")))
    cause = details.get("ctx", {}).get("error")
    if isinstance(cause, ImpossibleError):
        for key, message in cause.faults:
            at = (*path, *key.split(".")) if key else path
            yield Problem(".".join(at), message, origins.where(at))
    else:
        where = origins.where(path[:-1] if details["type"] == "missing" else path)
        yield Problem(".".join(path), _message(details, path, origins), where)


def _message(details: ErrorDetails, path: Path, origins: Origins) -> str:  # noqa: PLR0911 - one return for each kind
    kind, context = details["type"], details.get("ctx", {})
    if kind == "missing":
        return _missing(path)
    if kind == "extra_forbidden":
        return _unknown(path, origins)
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return f"must be one of {str(context['expected']).replace(' or ', ', ')}{_but(details, path)}"
    if kind in NUMBERS:
        return f"must be a {'whole ' if kind.startswith('int') else ''}number{_but(details, path)}"
    if kind in BOUNDS:
        form, bound = BOUNDS[kind]
        return form.format(context[bound]) + _but(details, path)
    if kind.startswith("bool"):
        return f"must be true or false{_but(details, path)}"
    if kind.startswith("datetime"):
        return f"must be a time such as 2026-03-01 or 2026-03-01T06:00:00Z{_but(details, path)}"
    return _wrong_kind(details, path)


def _wrong_kind(details: ErrorDetails, path: Path) -> str:
    kind, value = details["type"], details["input"]
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"must be a section with keys and values of its own{_but(details, path)}"
    if kind == "string_type" and value is None:
        return "is empty; a value that begins with # must be in quotes"
    if kind == "string_type" and isinstance(value, bool):
        return "is read by YAML as true or false; put it in quotes"
    if kind in KINDS:
        return KINDS[kind]
    return details["msg"].replace("Input should be", "must be") + _but(details, path)


def _missing(path: Path) -> str:
    if path == ("monitors",):
        return "is missing; a configuration needs at least one monitor, and `tunewatch init` writes one"
    return "is missing"


def _unknown(path: Path, origins: Origins) -> str:
    """Name the nearest right key; for a variable the nearest right variable, since its underscores mislead."""
    if variable := origins.environment.origins.get(path):
        trees = (origins.document.values, origins.environment.values)
        names = [variable_of(".".join(leaf)) for tree in trees for leaf in leaves(Settings, tree)]
        if near := get_close_matches(variable.upper(), names, n=1, cutoff=0.8):
            return f"is not a known key; did you mean {near[0]}?"
    known = keys_at(Settings, path[:-1])
    if near := get_close_matches(path[-1], known, n=1, cutoff=0.6):
        return f"is not a known key; did you mean {near[0]}?"
    if elsewhere := _elsewhere(path, origins):
        return f"is not a known key here; did you mean {elsewhere}?"
    return f"is not a known key; {'known are' if len(known) <= FEW_KEYS else 'some are'} {', '.join(known[:FEW_KEYS])}"


def _elsewhere(path: Path, origins: Origins) -> str:
    """Find the shortest key of that name in the same monitor or section, or ""."""
    same = path[:2] if path[0] == "monitors" else path[:1]
    found = [leaf for leaf in leaves(Settings, origins.document.values) if leaf[-1] == path[-1]]
    near = [leaf for leaf in found if leaf[: len(same)] == same or len(path) == 1]
    shortest: Path = min(near, key=len, default=())
    return ".".join(shortest)


def _but(details: ErrorDetails, path: Path) -> str:
    value: Any = details["input"]
    if is_secret(Settings, path) or holds_secrets(annotation_at(Settings, path)) or isinstance(value, dict | list):
        return ""
    said = repr(value) if isinstance(value, str) else str(value)
    return f", not {said}" if len(said) <= LONGEST_SHOWN else ""
