"""The encoder, on a small model of random weights."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from monitor.study.scoring.encoder import Encoder, load_encoder, read_safetensors

WIDTH, INNER, WORDS, LONGEST, LAYERS = 8, 16, 50, 60, 2


def tokenize(texts: Sequence[str]) -> list[list[int]]:
    return [[1, *(ord(letter) % WORDS for letter in text), 2] for text in texts]


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    shapes = {
        "embeddings.word_embeddings.weight": (WORDS, WIDTH),
        "embeddings.position_embeddings.weight": (LONGEST, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}."
        sizes = {f"attention.self.{part}": (WIDTH, WIDTH) for part in ("query", "key", "value")}
        sizes |= {"attention.output.dense": (WIDTH, WIDTH), "intermediate.dense": (INNER, WIDTH)}
        sizes |= {"output.dense": (WIDTH, INNER)}
        for part, (rows, columns) in sizes.items():
            shapes |= {f"{name}{part}.weight": (rows, columns), f"{name}{part}.bias": (rows,)}
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes |= {f"{name}{part}.weight": (WIDTH,), f"{name}{part}.bias": (WIDTH,)}
    return {name: rng.normal(0, 1, shape).astype("<f4") for name, shape in shapes.items()}


def write_model(folder: Path, kind: str = "bert") -> None:
    config = {"model_type": kind, "hidden_act": "gelu", "num_attention_heads": 2, "num_hidden_layers": LAYERS}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = b""
    for name, values in weights().items():
        entry = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), len(data) + values.nbytes]}
        header[name] = entry
        data += values.tobytes()
    told = json.dumps(header).encode()
    (folder / "model.safetensors").write_bytes(len(told).to_bytes(8, "little") + told + data)


@pytest.fixture
def encoder(tmp_path: Path) -> Encoder:
    write_model(tmp_path)
    return load_encoder(tmp_path, tokenize)


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_model(tmp_path)
    read = read_safetensors(tmp_path / "model.safetensors")
    assert read.keys() == weights().keys()
    assert all(np.array_equal(read[name], values) for name, values in weights().items())


def test_a_text_is_encoded_alike_whatever_is_encoded_with_it(encoder: Encoder) -> None:
    texts = ["where is my card", "a", "a far longer message than the others, so", "card"] * 10
    together = encoder.encode(texts)
    alone = np.concatenate([encoder.encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


def test_vectors_have_length_one_and_tell_orders_of_words_apart(encoder: Encoder) -> None:
    one, other = encoder.encode(["dog bites man", "man bites dog"])
    assert np.linalg.norm(one) == pytest.approx(1, abs=1e-6)
    assert not np.allclose(one, other, atol=1e-3)


def test_attention_is_that_of_its_definition(encoder: Encoder) -> None:
    """One head at a time, one token at a time, with nothing padded."""
    hidden = np.random.default_rng(1).normal(0, 1, (1, 4, WIDTH)).astype(np.float32)
    w, name = weights(), "encoder.layer.0.attention.self."
    query, key, value = (hidden[0] @ w[f"{name}{p}.weight"].T + w[f"{name}{p}.bias"] for p in ("query", "key", "value"))
    expected = np.zeros((4, WIDTH))
    for head in (slice(0, 4), slice(4, 8)):
        for token in range(4):
            odds = np.exp(key[:, head] @ query[token, head] / 2)  # 2: the root of the head's width
            expected[token, head] = odds / odds.sum() @ value[:, head]
    found = encoder._attention(hidden, np.ones((1, 4), dtype=bool), name)  # noqa: SLF001 - the heart of it
    assert np.allclose(found[0], expected, atol=1e-5)


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    write_model(tmp_path, "roberta")
    with pytest.raises(ValueError, match="another kind: roberta"):
        load_encoder(tmp_path, tokenize)
