"""A small embedding model in the files of model2vec: words of two topics, each topic a direction of its own."""

from pathlib import Path

import numpy as np
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import Lowercase
from tokenizers.pre_tokenizers import Whitespace

WORDS = {"[UNK]": (0, 0), "card": (1, 0), "lost": (1, 0.2), "rain": (0, 1), "tomorrow": (0.2, 1), "no": (-1, 0)}
"""Each word's vector."""


def write_embedding_model(folder: Path) -> Path:
    """Write the model; returns its folder."""
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    vectors = np.array(list(WORDS.values()), dtype=np.float32)
    StaticModel(vectors, tokenizer, {"model_type": "model2vec"}).save_pretrained(folder)
    return folder
