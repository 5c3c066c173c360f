"""The scorer that asks nobody: how near an answer is to its message, by an embedding model on this machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from monitor.study.scoring.model_folder import Kind, ModelError, kind_of
from monitor.study.scoring.scorer import Floats, Scorer

Encode = Callable[[Sequence[str]], Floats]
"""Vectors, a row for each text; a row of zeros where the model knows no word of the text."""

BATCH: Final = 16  # sentences that a network sees at once, so that it takes a few megabytes


@dataclass(frozen=True)
class Similarity:
    """Cosine of the angle between message and answer, negative ones as 0."""

    encode: Encode
    name: str

    def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Score (message, answer) pairs; NaN where the model knows no word of one of the two."""
        messages = self.encode([message for message, _ in pairs])
        answers = self.encode([answer for _, answer in pairs])
        lengths = np.linalg.norm(messages, axis=1) * np.linalg.norm(answers, axis=1)
        cosines = (messages * answers).sum(axis=1) / np.where(lengths > 0, lengths, np.nan)
        return np.asarray(np.clip(cosines, 0.0, 1.0))


def open_scorer(folder: Path) -> Scorer:
    """Open the model in `folder`. Nothing is fetched.

    Raises ModelError where there is no model that can be opened, or where the library that opens it is not installed.
    """
    kind = kind_of(folder)
    library = _imported(kind, folder)
    opened = _OPEN[kind]
    try:
        encode = opened(library, folder)
    except MemoryError:
        raise
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        raise ModelError(f"the model in {folder} cannot be opened by {kind} {version(kind)}: {told}") from error
    return Similarity(encode, f"{folder.name} ({kind} {version(kind)})")


def _imported(kind: Kind, folder: Path) -> Any:  # noqa: ANN401 - a library that need not be installed has no types
    if find_spec(kind.module) is None:
        raise ModelError(f"the model in {folder} takes {kind}, which is not installed: pip install 'tunewatch[{kind}]'")
    return import_module(kind.module)


def _model2vec(library: Any, folder: Path) -> Encode:  # noqa: ANN401
    model = library.StaticModel.from_pretrained(folder)

    def encode(texts: Sequence[str]) -> Floats:
        return np.asarray(model.encode(list(texts)), dtype=float)

    return encode


def _sentence_transformers(library: Any, folder: Path) -> Encode:  # noqa: ANN401
    model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(texts: Sequence[str]) -> Floats:
        return np.asarray(model.encode(list(texts), batch_size=BATCH, show_progress_bar=False), dtype=float)

    return encode


_OPEN: Final = {Kind.MODEL2VEC: _model2vec, Kind.SENTENCE_TRANSFORMERS: _sentence_transformers}
