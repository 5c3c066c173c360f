"""The scorer by an embedding model: a real one of model2vec, which the test writes."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from monitor.study.scoring.model_folder import ModelError
from monitor.study.scoring.similarity import open_scorer
from tests.support.embedding_model import write_embedding_model


def test_an_answer_of_the_same_topic_is_nearer(tmp_path: Path) -> None:
    scorer = open_scorer(write_embedding_model(tmp_path / "words"))
    assert scorer.name == f"words (model2vec {version('model2vec')})"
    same, other, opposite = scorer.score([("My card", "LOST card"), ("card", "rain tomorrow"), ("card", "no")])
    assert same == pytest.approx(np.cos(np.arctan2(0.2, 2)), abs=1e-6)  # card is (1, 0), both together (2, 0.2)
    assert other == pytest.approx(np.cos(np.arctan2(2, 0.2)), abs=1e-6)
    assert opposite == 0


def test_a_text_without_a_known_word_has_no_score(tmp_path: Path) -> None:
    unknown_message, unknown_answer, known = open_scorer(write_embedding_model(tmp_path)).score(
        [("bonjour", "card"), ("card", "merci"), ("card", "card merci")]
    )
    assert np.isnan([unknown_message, unknown_answer]).all()
    assert known == pytest.approx(1)


def test_a_library_that_is_missing_is_told_with_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_embedding_model(tmp_path)
    monkeypatch.setitem(sys.modules, "model2vec", None)
    with pytest.raises(ModelError, match=r"takes model2vec, which is not installed: pip install 'tunewatch\[model2vec"):
        open_scorer(folder)


def test_a_network_takes_the_other_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    modules = [{"type": "sentence_transformers.models.Transformer"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ModelError, match=r"pip install 'tunewatch\[sentence-transformers\]'"):
        open_scorer(tmp_path)


def test_a_model_that_is_broken_is_told(tmp_path: Path) -> None:
    folder = write_embedding_model(tmp_path)
    (folder / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(ModelError, match=r"the model in .* cannot be opened by model2vec \d"):
        open_scorer(folder)
