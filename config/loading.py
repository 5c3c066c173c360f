"""Reading the configuration: YAML file, secrets directory, environment."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr, ValidationError
from pydantic_settings import InitSettingsSource

from config.anchoring import anchored
from config.errors import ConfigError, ImpossibleError, Problem
from config.problems import Origins, explain
from config.secrets import remember_all
from config.settings import Settings, where_secrets_go
from config.shape import alternatives, below
from config.variables import CONFIG_VARIABLE, DEFAULT_SECRETS, SECRETS_VARIABLE, from_environment, from_secrets
from config.yaml_file import Document, KeyPath, read_document

DEFAULT_FILE: Final = Path("tunewatch.yaml")


Presets = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Of what is set of a source, what holds for the rest because of the system that it names; raises ImpossibleError."""


def load(
    file: Path | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    secrets_dir: Path | None = None,
    presets: Presets | None = None,
) -> Settings:
    """Read and check the whole configuration.

    The file is the one given, else the one that TUNEWATCH_CONFIG names, else `tunewatch.yaml` in the working
    directory, else none. A value is taken from the environment, else from the secrets directory (the one given, else
    TUNEWATCH_SECRETS_DIR, else /run/secrets where it exists), else from the file, else from the mapping of the system
    that a source names (where `presets` knows systems), else it is the default. Relative paths, wherever they are set,
    are relative to the folder of the file.

    Raises ConfigError with everything that is wrong.
    """
    environ = os.environ if environ is None else environ
    document = _document(file, environ)
    secrets = from_secrets(secrets_dir or secrets_folder(environ), document.values)
    environment = from_environment(environ, document.values)
    for layer in (document, secrets, environment):
        remember_all(layer.values, Settings)
    origins = Origins(environment, secrets, document)
    misplaced = list(_take_out_secrets(document))
    trees = [environment.values, secrets.values, document.values]
    if presets is not None:
        trees.append(_of_systems(trees, presets, origins))
    layers = tuple(InitSettingsSource(Settings, tree) for tree in trees)
    try:
        settings = Settings(_build_sources=(layers, {}))
    except ValidationError as error:
        raise ConfigError(_in_order([*misplaced, *explain(error, origins)])) from None
    if misplaced:
        raise ConfigError(misplaced)
    return anchored(settings, document.file.absolute().parent if document.file else Path.cwd())


def document_file(file: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the file that is read, None where there is none."""
    named = file or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    return named or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)


def _document(file: Path | None, environ: Mapping[str, str]) -> Document:
    named = document_file(file, environ)
    return Document() if named is None else read_document(named)


def secrets_folder(environ: Mapping[str, str]) -> Path | None:
    """Return the folder whose files are secrets, None where there is none."""
    if named := environ.get(SECRETS_VARIABLE):
        return Path(named)
    return DEFAULT_SECRETS if DEFAULT_SECRETS.is_dir() else None


def _of_systems(trees: Iterable[dict[str, Any]], presets: Presets, origins: Origins) -> dict[str, Any]:
    """Return what the systems that sources name say of them, as one more layer below all others."""
    problems = []
    found: dict[str, Any] = {}
    for name, monitor in _section(_merged(trees), "monitors").items():
        try:
            source = presets(_section({name: monitor}, name, "source"))
        except ImpossibleError as error:
            for key, message in error.faults:
                path = ("monitors", str(name), "source", *key.split("."))
                problems.append(Problem(".".join(path), message, origins.where(path)))
        else:
            if source:
                found[name] = {"source": source}
    if problems:
        raise ConfigError(problems)
    return {"monitors": found} if found else {}


def _merged(trees: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return one tree, in which what comes first wins over what follows."""
    merged: dict[str, Any] = {}
    for tree in reversed(list(trees)):
        for key, value in tree.items():
            both = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
            merged[key] = _merged([value, merged[key]]) if both else value
    return merged


def _section(tree: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """Return the section at a path, {} where there is none."""
    found: Any = tree
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _take_out_secrets(document: Document) -> Iterator[Problem]:
    """Take the secrets out of what the file says, with a problem for each: a file like this one gets shared."""
    for path in list(_secrets_in(document.values, Settings, ())):
        section = document.values
        for key in path[:-1]:
            section = section[key]
        del section[path[-1]]
        key = ".".join(path)
        yield Problem(
            key, f"is a secret and does not belong into the file; {where_secrets_go(key)}", document.where(path)
        )


def _secrets_in(tree: object, annotation: Any, path: KeyPath) -> Iterator[KeyPath]:  # noqa: ANN401
    if SecretStr in alternatives(annotation):
        if tree is not None:
            yield path
    elif isinstance(tree, dict) and annotation is not None:
        for key, value in tree.items():
            yield from _secrets_in(value, below(annotation, str(key)), (*path, key))


def _in_order(problems: list[Problem]) -> list[Problem]:
    """Sort by file and line, as one reads."""

    def place(problem: Problem) -> tuple[str, int]:
        name, _, line = problem.where.rpartition(":")
        return (name, int(line)) if line.isdigit() else (problem.where, 0)

    return sorted(problems, key=place)
