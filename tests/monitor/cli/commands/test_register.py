import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from monitor.history import History
from tests.support.program import Ended, run_here

MESSAGES = ("My card was stolen on the train", "Where is my refund?", "I cannot sign in")


def register(home: Path, *arguments: str) -> Ended:
    return run_here("register", "--monitor", "support-bot", "--model-version", "m2", *arguments, cwd=home)


def write_csv(folder: Path) -> Path:
    file = folder / "train.csv"
    file.write_text("text,label\n" + "".join(f'"{text}",x\n' for text in MESSAGES), encoding="utf-8")
    return file


def write_parquet(folder: Path) -> Path:
    file = folder / "train.parquet"
    pq.write_table(pa.table({"text": [*MESSAGES, None]}), file)
    return file


def write_jsonl(folder: Path) -> Path:
    file = folder / "train.jsonl"
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in MESSAGES), encoding="utf-8")
    return file


def write_chat(folder: Path) -> Path:
    file = folder / "chat.jsonl"
    turns = ([{"role": "system", "content": "Sort."}, {"role": "user", "content": text}] for text in MESSAGES)
    file.write_text("".join(json.dumps({"messages": each}) + "\n" for each in turns), encoding="utf-8")
    return file


@pytest.mark.parametrize("write", [write_csv, write_parquet, write_jsonl, write_chat])
def test_signatures_of_every_format_are_kept_and_no_message(home: Path, write: object) -> None:
    assert callable(write)
    ended = register(home, "--training", str(write(home)))
    assert (ended.returncode, "registered 3 training messages of model m2" in ended.stderr) == (0, True)
    history = History.open(f"sqlite:///{home / 'history.db'}")
    (kept,) = history.registered("support-bot")
    history.close()
    assert (kept.model_version, kept.kind, kept.messages) == ("m2", "training", 3)
    assert b"stolen" not in (home / "history.db").read_bytes()


def test_evaluation_messages_that_were_trained_on_are_told(home: Path) -> None:
    file = home / "eval.csv"
    file.write_text(f"question\n{MESSAGES[1]}\nIs there a branch in Bern?\n", encoding="utf-8")
    assert register(home, "--training", str(write_csv(home))).returncode == 0
    ended = register(home, "--evaluation", str(file), "--text", "question")
    assert "1 of the 2 evaluation messages are in the training set: the offline figures are flattered" in ended.stderr


def test_a_set_that_is_registered_again_takes_the_place_of_the_first(home: Path) -> None:
    file = write_csv(home)
    register(home, "--training", str(file))
    file.write_text("text\nonly this one\n", encoding="utf-8")
    register(home, "--training", str(file))
    history = History.open(f"sqlite:///{home / 'history.db'}")
    assert [each.messages for each in history.registered("support-bot")] == [1]
    history.close()


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "message\nhello\n", "has no column 'text'; it has message; name one with --text"),
        ("a.csv", "text\n\n", "has no message in column 'text'"),
        ("a.jsonl", '{"text": "a"}\n{"txt": "b"}\n', "line 2 has neither a key 'text' with a text nor `messages`"),
        ("a.jsonl", "hello\n", "line 1 is no JSON"),
        ("a.parquet", "hello", "cannot be read"),
        ("a.xlsx", "hello", "is none of .csv, .jsonl, .parquet"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told_with_its_place(
    home: Path, name: str, content: str, says: str
) -> None:
    (home / name).write_text(content, encoding="utf-8")
    ended = register(home, "--training", str(home / name))
    assert ended.returncode == 2
    assert says in ended.stderr


@pytest.mark.parametrize("arguments", [(), ("--training", "nothing.csv")])
def test_what_makes_no_sense_is_wrong_usage(home: Path, arguments: tuple[str, ...]) -> None:
    assert register(home, *arguments).returncode == 2
