"""What the documents say can be done: their links lead somewhere, and their SQL runs."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.history import History
from tests.repository.paths import ROOT, tracked_files

DOCUMENTS = [file for file in tracked_files() if file.suffix == ".md"]
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)\s#]+)")
TO_HEADING = re.compile(r"\]\((?!https?://|mailto:)([^)\s#]*)#([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
QUERY = re.compile(r"^```sql\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_between_files_lead_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_to_headings_lead_to_one(document: Path) -> None:
    missing = []
    for file, anchor in TO_HEADING.findall(document.read_text("utf-8")):
        target = document.parent / file if file else document
        if target.suffix == ".md" and anchor not in anchors(target.read_text("utf-8")):
            missing.append(f"{file}#{anchor}")
    assert missing == []


def anchors(text: str) -> set[str]:
    """What GitHub calls the headings of a page."""
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {word.strip().replace(" ", "-") for word in words}


def test_every_query_of_the_operations_manual_runs(tmp_path: Path) -> None:
    queries = QUERY.findall((ROOT / "docs" / "operations.md").read_text("utf-8"))
    assert queries
    file = tmp_path / "history.db"
    History.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as history:
        for query in queries:
            assert history.execute(query).fetchall() is not None


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    listed = (folder / "README.md").read_text("utf-8")
    assert [file.name for file in sorted(folder.glob("0*.md")) if f"]({file.name})" not in listed] == []
