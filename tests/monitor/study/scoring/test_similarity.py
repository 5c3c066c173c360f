"""The scorer of the extra `embeddings`, found where it is installed."""

import sys
from pathlib import Path

import pytest

from monitor.study.scoring.similarity import PACKAGE, open_scorer
from tests.monitor.study.scoring.test_encoder import write_model

STUB = """
class Encoding:
    def __init__(self, text):
        self.ids = [1, *(ord(letter) % 50 for letter in text), 2]

class Tokenizer:
    @classmethod
    def from_file(cls, path):
        return cls()

    def no_padding(self):
        self.padded = False

    def enable_truncation(self, longest):
        self.longest = longest

    def encode_batch(self, texts):
        return [Encoding(text[: self.longest - 2]) for text in texts]
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages as the extra brings them, with a small model; the one that carries it must not be imported."""
    folder = tmp_path / PACKAGE / "model"
    folder.mkdir(parents=True)
    write_model(folder)
    (tmp_path / PACKAGE / "__init__.py").write_text("raise ImportError('brings a library that trains networks')")
    (tmp_path / "tokenizers.py").write_text(STUB)
    about = tmp_path / f"{PACKAGE}-0.1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {PACKAGE}\nVersion: 0.1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tokenizers", raising=False)


@pytest.mark.usefixtures("installed")
def test_the_model_is_found_without_importing_its_package() -> None:
    scorer = open_scorer()
    assert scorer is not None
    assert scorer.name == f"{PACKAGE} 0.1.0"
    same, other = scorer.score([("card", "card"), ("card", "weather")])
    assert same == pytest.approx(1, abs=1e-6)
    assert 0 <= other < same


@pytest.mark.usefixtures("installed")
def test_without_a_tokenizer_there_is_no_scorer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    assert open_scorer() is None
