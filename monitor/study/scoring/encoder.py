"""A sentence encoder of the BERT family, computed by numpy.

The layers are those of Devlin et al. (2019), "BERT", with the mean over tokens as the sentence, scaled to length 1
(Reimers and Gurevych 2019, "Sentence-BERT"; Wang et al. 2020, "MiniLM"). A library that trains networks would do the
same for a gigabyte more.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float32]
Tokenize = Callable[[Sequence[str]], list[list[int]]]

EPSILON: Final = 1e-12  # of the normalisation, as the model was trained
BATCH: Final = 16  # sentences at once, so that attention takes a few megabytes
_HEADER: Final = 8  # bytes that say how long the header is


@dataclass(frozen=True)
class Encoder:
    """`weights` by the names that they have in the model; `heads` divides the width."""

    weights: Mapping[str, Floats]
    heads: int
    layers: int
    tokenize: Tokenize

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors of length 1, a row for each text; whatever else is encoded with it."""
        tokens = self.tokenize(texts)
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))  # alike in length, so that few are padded
        vectors = np.zeros((len(texts), self.weights["embeddings.LayerNorm.weight"].size), dtype=np.float32)
        for first in range(0, len(order), BATCH):
            rows = order[first : first + BATCH]
            vectors[rows] = self._sentences([tokens[i] for i in rows])
        return vectors

    def _sentences(self, tokens: Sequence[Sequence[int]]) -> Floats:
        ids = np.zeros((len(tokens), max(map(len, tokens))), dtype=np.int64)
        here = np.zeros(ids.shape, dtype=bool)
        for row, sentence in enumerate(tokens):
            ids[row, : len(sentence)], here[row, : len(sentence)] = sentence, True
        hidden = self._embedded(ids)
        for layer in range(self.layers):
            hidden = self._layer(hidden, here, f"encoder.layer.{layer}.")
        mean = (hidden * here[..., None]).sum(axis=1) / here.sum(axis=1, keepdims=True)
        return np.asarray(mean / np.linalg.norm(mean, axis=1, keepdims=True), dtype=np.float32)

    def _embedded(self, ids: NDArray[np.int64]) -> Floats:
        w = self.weights
        positions = w["embeddings.position_embeddings.weight"][: ids.shape[1]]
        words = (
            w["embeddings.word_embeddings.weight"][ids] + positions + w["embeddings.token_type_embeddings.weight"][0]
        )
        return self._normal(words, "embeddings.LayerNorm")

    def _layer(self, hidden: Floats, here: NDArray[np.bool_], name: str) -> Floats:
        seen = self._dense(self._attention(hidden, here, f"{name}attention.self."), f"{name}attention.output.dense")
        hidden = self._normal(hidden + seen, f"{name}attention.output.LayerNorm")
        inner = self._dense(hidden, f"{name}intermediate.dense")
        active = inner * np.float32(0.5) * (1 + special.erf(inner / np.float32(math.sqrt(2))))
        return self._normal(hidden + self._dense(active, f"{name}output.dense"), f"{name}output.LayerNorm")

    def _attention(self, hidden: Floats, here: NDArray[np.bool_], name: str) -> Floats:
        many, long, width = hidden.shape
        query, key, value = (
            self._dense(hidden, name + part).reshape(many, long, self.heads, -1).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        weights = query @ key.transpose(0, 1, 3, 2) / np.float32(math.sqrt(width / self.heads))
        weights = special.softmax(np.where(here[:, None, None, :], weights, np.float32(-1e9)), axis=-1)
        return np.asarray((weights @ value).transpose(0, 2, 1, 3).reshape(many, long, width), dtype=np.float32)

    def _dense(self, values: Floats, name: str) -> Floats:
        return np.asarray(values @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"], dtype=np.float32)

    def _normal(self, values: Floats, name: str) -> Floats:
        centred = values - values.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        normal = centred / scale * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]
        return np.asarray(normal, dtype=np.float32)


def load_encoder(folder: Path, tokenize: Tokenize) -> Encoder:
    """Open a model in the layout of sentence-transformers: config.json and model.safetensors.

    Raises OSError where a file is missing, ValueError or KeyError where it is of another kind.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config["model_type"] != "bert" or config["hidden_act"] != "gelu":
        raise ValueError(f"{folder} holds a model of another kind: {config['model_type']}, {config['hidden_act']}")
    weights = read_safetensors(folder / "model.safetensors")
    return Encoder(weights, config["num_attention_heads"], config["num_hidden_layers"], tokenize)


def read_safetensors(file: Path) -> dict[str, Floats]:
    """The 32-bit floats of a safetensors file by name, mapped from the disk rather than read.

    The format is a length (8 bytes, lowest first), a JSON header of that length, and the numbers.
    """
    with file.open("rb") as opened:
        length = int.from_bytes(opened.read(_HEADER), "little")
        header = json.loads(opened.read(length))
    data = np.memmap(file, dtype=np.uint8, mode="r", offset=_HEADER + length)
    tensors = {name: entry for name, entry in header.items() if entry.get("dtype") == "F32"}
    return {
        name: data[slice(*entry["data_offsets"])].view("<f4").reshape(entry["shape"]) for name, entry in tensors.items()
    }
