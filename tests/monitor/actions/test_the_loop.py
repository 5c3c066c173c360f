"""The loop of docs/advice.md, as it stands there: told, tried, shipped, judged."""

import re
import shlex
from pathlib import Path

from tests.repository.paths import ROOT
from tests.support.program import run_here

LONGER = "echo urgent"
REVISED = """case "$1" in *stolen*|*fraud*|*hacked*|*robbed*) echo urgent;;
*new?card*|*second?card*|*activate*|*colour*) echo card;; *) echo transfer;; esac
"""


def test_the_worked_example_of_the_page_on_advice_runs_as_it_is_written(home: Path) -> None:
    page = (ROOT / "docs" / "advice.md").read_text(encoding="utf-8")
    found = re.search(r"```sh\n(tunewatch explain.*?)```", page, re.DOTALL)
    assert found is not None
    (home / "longer.sh").write_text(LONGER, encoding="utf-8")
    (home / "revised.sh").write_text(REVISED, encoding="utf-8")
    said = {}
    for line in found[1].splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "tunewatch"
        ended = run_here(*arguments, cwd=home)
        assert ended.returncode in (0, 1), ended.stderr
        said[line] = ended.stdout
    first, second = (text for line, text in said.items() if " try judge " in line)

    assert first.startswith("do not ship  longer")
    assert second.startswith("ship  p3")
    assert "A canary of" in second
    tried = list(said.values())[-2].partition("What was tried")[2]
    assert "longer: do not ship" in tried
    assert "p3: ship" in tried
    assert (home / "data" / "train.jsonl").exists()
