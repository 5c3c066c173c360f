"""Each promise of alerting names the tests that hold it, and these exist."""

import re
from pathlib import Path
from typing import Final

from tests.repository.paths import ROOT

PAGE: Final = ROOT / "docs" / "alerting.md"
USUAL: Final = ROOT / "tests" / "monitor" / "delivery"
NAMED: Final = re.compile(r"`(?P<file>[\w/]+\.py|…)(?:::(?P<test>\w+))?`")


def promises() -> list[tuple[str, str]]:
    """What is promised, and the cell that names its tests."""
    _, _, rest = PAGE.read_text("utf-8").partition("| promise | test |\n| --- | --- |\n")
    rows = rest.split("\n\n")[0].strip().splitlines()
    found = [row.strip("| ").rsplit(" | ", 1) for row in rows]
    return [(promise, tests) for promise, tests in found]


def test_every_promise_is_held_by_tests_that_there_are() -> None:
    missing = []
    for promise, cell in promises():
        file = Path()
        named = list(NAMED.finditer(cell))
        if not named:
            missing.append(f"{promise}: names no test")
        for each in named:
            if each["file"] != "…":
                file = ROOT / each["file"] if "/" in each["file"] else USUAL / each["file"]
            if not file.is_file():
                missing.append(f"{promise}: there is no {each['file']}")
            elif each["test"] and f"def {each['test']}(" not in file.read_text("utf-8"):
                missing.append(f"{promise}: {file.name} has no {each['test']}")
    assert not missing
    assert len(promises()) > 30
