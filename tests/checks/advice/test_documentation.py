"""The page for people says what the weights do."""

from pathlib import Path

from checks.advice.deciding.model import Action
from checks.advice.deciding.weights import STAGES, WEIGHTS

PAGE = Path(__file__).parents[3] / "docs" / "advice.md"


def rows(heading: str) -> list[list[str]]:
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in table]


def test_every_weight_is_on_the_page_and_no_other() -> None:
    told = {(signal, says == "yes", action, float(weight)) for signal, says, action, weight, _ in rows("The weights")}
    true = {(*key, action.value, weight) for key, given in WEIGHTS.items() for action, weight in given}
    assert told == true


def test_the_order_on_the_page_is_the_order_of_the_stages() -> None:
    told = {action: int(stage) for stage, action, _ in rows("The actions, in the order in which they are considered")}
    assert told == {action.value: stage for action, stage in STAGES.items()}
    assert STAGES.keys() == set(Action)
