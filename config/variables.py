"""Reading environment variables and secret files: named values that are set from outside of the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from config.errors import ConfigError, Problem
from config.settings import PREFIX, SEPARATOR, Settings, folded
from config.shape import below, section_in

KeyPath = tuple[str, ...]
CONFIG_VARIABLE: Final = "TUNEWATCH_CONFIG"
SECRETS_VARIABLE: Final = "TUNEWATCH_SECRETS_DIR"
DEFAULT_SECRETS: Final = Path("/run/secrets")
_KUBERNETES = re.compile(r"\w*_(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)")
_KUBERNETES_PORT = re.compile(r"(tcp|udp|sctp)://\S+")


@dataclass(frozen=True, slots=True)
class Variables:
    """Values by key, and the variable or file that each was set by."""

    values: dict[str, Any] = field(default_factory=dict)
    origins: dict[KeyPath, str] = field(default_factory=dict)


def from_environment(environ: Mapping[str, str], known: Mapping[str, Any]) -> Variables:
    """Read the variables that begin with TUNEWATCH_; an empty one counts as not set.

    `known` is what the file says: its monitors and classes are recognised whatever their dashes and capitals.
    """
    reserved = (CONFIG_VARIABLE, SECRETS_VARIABLE)
    named = {
        name: (value, name)
        for name, value in sorted(environ.items())
        if name.upper().startswith(PREFIX) and name not in reserved and value and not _set_by_kubernetes(name, value)
    }
    return _variables(named, known)


def from_secrets(folder: Path | None, known: Mapping[str, Any]) -> Variables:
    """Read the files of a folder whose names begin with tunewatch_; the newline at their end is no part of a secret.

    Raises ConfigError where the folder or one of these files cannot be read.
    """
    if folder is None:
        return Variables()
    named = {}
    try:
        for file in sorted(folder.iterdir()):
            if file.name.upper().startswith(PREFIX) and file.is_file() and (secret := _secret_in(file)):
                named[file.name] = (secret, str(file))
    except OSError as error:
        raise ConfigError([Problem("", f"cannot be read: {error.strerror}", str(folder))]) from None
    return _variables(named, known)


def _secret_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise ConfigError([Problem("", "is not UTF-8 text", str(file))]) from None
    except OSError as error:
        raise ConfigError([Problem("", f"cannot be read: {error.strerror}", str(file))]) from None


def _set_by_kubernetes(name: str, value: str) -> bool:
    """Kubernetes tells every container of a namespace about a Service called tunewatch-something like this."""
    rest = name[len(PREFIX) - 1 :]
    if SEPARATOR in rest or not _KUBERNETES.fullmatch(rest):
        return False
    return bool("_SERVICE_" in rest or re.search(r"_PORT_\d+_", rest) or _KUBERNETES_PORT.fullmatch(value))


def _variables(named: Mapping[str, tuple[str, str]], known: Mapping[str, Any]) -> Variables:
    found = Variables()
    for name, (value, origin) in named.items():
        path = _path_of(name[len(PREFIX) :].split(SEPARATOR), known)
        _put(found.values, path, _parsed(value))
        found.origins[path] = origin
    return found


def _path_of(parts: list[str], known: object) -> KeyPath:
    """Spell each part as the settings or the file spell it."""
    annotation: Any = Settings
    path: list[str] = []
    for part in parts:
        section = section_in(annotation)
        written = known if isinstance(known, Mapping) else {}
        names = section.model_fields if section else map(str, written)
        key = next((name for name in names if folded(name) == folded(part)), part.lower())
        annotation, known = below(annotation, key), written.get(key)
        path.append(key)
    return tuple(path)


def _put(tree: dict[str, Any], path: KeyPath, value: object) -> None:
    for key in path[:-1]:
        child = tree.setdefault(key, {})
        if not isinstance(child, dict):
            return  # A plain value where a section belongs, which validation refuses.
        tree = child
    tree[path[-1]] = value


def _parsed(value: str) -> object:
    """Read a list or a section, which a variable may hold as JSON; anything else stays text."""
    if not value.lstrip().startswith(("[", "{")):
        return value
    try:
        parsed: object = yaml.safe_load(value)
    except yaml.YAMLError:
        return value  # such as the glob [ab]*.parquet
    return parsed
