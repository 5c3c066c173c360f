"""Nothing in the repository depends on the machine or the registry that it was written with."""

import re
from pathlib import Path

from tests.repository.paths import ROOT, tracked_files

FORBIDDEN = re.compile(r"/work/|/root/|/home/[a-z]+/|/Users/|pypi\.org|pythonhosted|index-url|find-links=?\s*(/|file:)")
SECRET = re.compile(r"xox[abp]-\d+-\d+-\w{20}|-----BEGIN [A-Z ]*PRIVATE KEY")


def matches(pattern: re.Pattern[str]) -> list[str]:
    """Return every tracked line with the pattern in it, but for this file's own."""
    texts = ((file, text) for file in tracked_files() if file != Path(__file__) and (text := _text(file)) is not None)
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file, text in texts
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]


def _text(file: Path) -> str | None:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    assert matches(FORBIDDEN) == []


def test_no_file_holds_what_looks_like_a_secret() -> None:
    assert matches(SECRET) == []


def test_files_are_small_and_their_lines_end_as_git_likes_them() -> None:
    contents = {file.relative_to(ROOT): file.read_bytes() for file in tracked_files()}
    assert [str(file) for file, content in contents.items() if len(content) > 500_000] == []
    texts = {file: content for file, content in contents.items() if file.suffix not in {".png", ".ttf"}}
    assert [str(file) for file, content in texts.items() if b"\r\n" in content] == []
