"""The file itself: what can be wrong before a single key is looked at."""

from pathlib import Path

import pytest

from config import ConfigError, load
from tests.config.conftest import MONITOR, Refused


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "tunewatch.yaml: is empty"),
        ("# nothing\n", "tunewatch.yaml: is empty"),
        ("- a\n- b\n", "tunewatch.yaml: must consist of keys and values"),
        ("a: 1\nb: [1, 2\nc: 3\n", "tunewatch.yaml:3: is not valid YAML"),
        ("a: duckdb:///:memory: # x: y\n", "put a value that has a colon in it in quotes"),
        ("a:\n\tb: 1\n", "indent with spaces, not with tabs"),
        ("a: &x [*x]\n", "tunewatch.yaml: "),
        ("a: !!python/object:os.system x\n", "is not valid YAML"),
        ("a: 1\n---\nb: 2\n", "is not valid YAML"),
        (f"{MONITOR}web:\n  port: 1\n  host: x\n  port: 2\n", "tunewatch.yaml:11: web.port is written twice"),
        (f"{MONITOR}{MONITOR}", "monitors is written twice; the first time on line 2"),
        ("web: {port: 1}\n", "monitors is missing; a configuration needs at least one monitor"),
        ("monitors: {}\n", "monitors is empty; name at least one"),
        ("monitors:\n", "monitors must be a section with keys and values of its own"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(refused: Refused, text: str, told: str) -> None:
    assert told in refused(text)


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="does not exist; `tunewatch init` writes one"):
        load(tmp_path / "none.yaml", environ={})


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a directory"):
        load(tmp_path, environ={})


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "latin.yaml"
    file.write_bytes("slack: {channel: Störung}".encode("latin-1"))
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load(file, environ={})


def test_a_mark_of_byte_order_is_no_part_of_the_first_key(tmp_path: Path) -> None:
    file = tmp_path / "windows.yaml"
    file.write_text(MONITOR, encoding="utf-8-sig")
    assert "bot" in load(file, environ={}).monitors


def test_merge_keys_and_anchors_work_and_an_override_is_no_repetition(tmp_path: Path) -> None:
    file = tmp_path / "merged.yaml"
    second = "  two:\n    <<: *bot\n    every: 1h\n"
    file.write_text(MONITOR.replace("bot:", "bot: &bot").rstrip() + "\n" + second, encoding="utf-8")
    monitors = load(file, environ={}).monitors
    assert monitors["two"].source == monitors["bot"].source


def test_the_file_is_found_in_the_working_directory_or_by_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tunewatch.yaml").write_text(MONITOR, encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text(MONITOR.replace("bot", "other"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert list(load(environ={}).monitors) == ["bot"]
    assert list(load(environ={"TUNEWATCH_CONFIG": str(other)}).monitors) == ["other"]
