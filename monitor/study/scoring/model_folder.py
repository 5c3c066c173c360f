"""The folder of an embedding model: which library opens it, told from its files."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

KEY: Final = "study.relevance_model"
_STATIC: Final = frozenset({"StaticEmbedding", "Normalize"})
"""Modules of sentence-transformers that are a table of vectors, a vector for each token, and no network."""


class ModelError(Exception):
    """A model that cannot be used; the message names the folder and says what to do."""


class Kind(StrEnum):
    """A library that opens models; its value is the name of the package and of our extra."""

    MODEL2VEC = "model2vec"
    SENTENCE_TRANSFORMERS = "sentence-transformers"

    @property
    def module(self) -> str:
        """Name of the module that is imported."""
        return self.value.replace("-", "_")


def kind_of(folder: Path) -> Kind:
    """Tell the library that opens the model in `folder`.

    A model of model2vec says so in config.json (`model_type`) or in modules.json (nothing but `StaticEmbedding` and
    `Normalize`); any other folder with a modules.json is one of sentence-transformers.

    Raises ModelError where there is no such folder, or where it holds neither.
    """
    if not folder.is_dir():
        raise ModelError(f"{KEY} names {folder}, which is {'no folder' if folder.exists() else 'not there'}")
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    if isinstance(config, dict) and config.get("model_type") == Kind.MODEL2VEC:
        return Kind.MODEL2VEC
    if isinstance(modules, list) and modules:
        is_static = {_class_of(module) for module in modules} <= _STATIC
        return Kind.MODEL2VEC if is_static else Kind.SENTENCE_TRANSFORMERS
    raise ModelError(
        f"{KEY} names {folder}, which holds no model of model2vec (config.json with model_type model2vec, or a "
        "modules.json of a StaticEmbedding) and none of sentence-transformers (modules.json)"
    )


def _json(file: Path) -> Any:  # noqa: ANN401 - whatever the file says; None without one
    if not file.exists():
        return None
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read: {error}") from error


def _class_of(module: object) -> str:
    """`StaticEmbedding` of {"type": "sentence_transformers.models.StaticEmbedding"}, whatever the library's version."""
    kind = module.get("type") if isinstance(module, dict) else None
    return str(kind).rpartition(".")[2]
