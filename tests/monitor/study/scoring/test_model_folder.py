"""Whose model a folder holds is told from its files."""

import json
from pathlib import Path

import pytest

from monitor.study.scoring.model_folder import Kind, ModelError, kind_of
from tests.support.embedding_model import write_embedding_model


def write(folder: Path, **files: object) -> Path:
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def modules(*names: str) -> list[dict[str, str]]:
    return [{"type": f"sentence_transformers.models.{name}"} for name in names]


def test_a_model_that_model2vec_wrote_is_its_own(tmp_path: Path) -> None:
    assert kind_of(write_embedding_model(tmp_path)) is Kind.MODEL2VEC
    (tmp_path / "modules.json").unlink()
    assert kind_of(tmp_path) is Kind.MODEL2VEC


def test_a_table_of_vectors_takes_no_network_whoever_wrote_it(tmp_path: Path) -> None:
    assert kind_of(write(tmp_path, modules=modules("StaticEmbedding", "Normalize"))) is Kind.MODEL2VEC


@pytest.mark.parametrize("names", [("Transformer", "Pooling", "Normalize"), ("StaticEmbedding", "Dense")])
def test_any_other_modules_are_those_of_sentence_transformers(tmp_path: Path, names: tuple[str, ...]) -> None:
    folder = write(tmp_path, config={"model_type": "bert"}, modules=modules(*names))
    assert kind_of(folder) is Kind.SENTENCE_TRANSFORMERS


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"study\.relevance_model names .*/model, which is not there"):
        kind_of(tmp_path / "model")
    (tmp_path / "model").touch()
    with pytest.raises(ModelError, match="which is no folder"):
        kind_of(tmp_path / "model")


@pytest.mark.parametrize("files", [{}, {"config": {"model_type": "bert"}}, {"config": [], "modules": []}])
def test_a_folder_of_neither_kind_is_told(tmp_path: Path, files: dict[str, object]) -> None:
    with pytest.raises(ModelError, match=r"holds no model of model2vec .* and none of sentence-transformers"):
        kind_of(write(tmp_path, **files))


def test_a_file_that_is_not_json_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"config\.json cannot be read"):
        kind_of(tmp_path)
