"""Checks say numbers, `alerts.messages` the words: no sentence elsewhere, and none that lacks its numbers."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from alerts.messages.wording import TEMPLATES
from tests.repository.paths import ROOT
from tests.support.messages_page import PAGE, page

KINDS = {kind.__name__: kind for kind in TEMPLATES}
"""The enums of clauses, by their names."""

WITHOUT_SENTENCES = ("advice", "before_labels", "outcome", "rules")
"""Rooms of checks in which nothing is said in words."""

WORD, A_SENTENCE = re.compile(r"(?<!\S)[A-Za-z']+[,.;:]?(?!\S)"), 3
"""From three words on a string is taken for a sentence."""


def trees() -> Iterator[tuple[Path, ast.AST]]:
    for package in ("checks", "monitor"):
        for file in sorted(Path(ROOT, package).rglob("*.py")):
            yield file.relative_to(ROOT), ast.parse(file.read_text("utf-8"))


def names_of(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def kind_named(node: ast.AST) -> tuple[str, str] | None:
    """The enum and the name of a kind that stands in the source, such as `FindingClause.WAS_SHARE`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in KINDS:
        return node.value.id, node.attr
    return None


@pytest.mark.parametrize("kind", TEMPLATES)
def test_every_clause_has_words(kind: type) -> None:
    assert set(TEMPLATES[kind]) == set(kind)  # type: ignore[call-overload] # an enum is iterable


def test_every_clause_is_said_somewhere() -> None:
    said = {named for _, tree in trees() for node in ast.walk(tree) if (named := kind_named(node))}
    assert said == {(kind.__name__, member.name) for kind in TEMPLATES for member in kind}


def test_a_clause_is_said_with_the_facts_that_its_template_names() -> None:
    wrong = [
        f"{file}:{call.lineno} says {', '.join(sorted(facts))}, the template names {', '.join(sorted(wanted))}"
        for file, tree in trees()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "clause"
        if (named := kind_named(call.args[0])) is not None
        if (facts := {str(keyword.arg) for keyword in call.keywords})
        != (wanted := names_of(TEMPLATES[KINDS[named[0]]][KINDS[named[0]][named[1]]]))
    ]
    assert not wrong


def test_a_kind_that_is_chosen_at_run_time_finds_its_facts_in_its_room() -> None:
    direct: set[tuple[str, str]] = set()
    named: set[tuple[Path, tuple[str, str]]] = set()
    chosen: defaultdict[Path, list[set[str]]] = defaultdict(list)
    for file, tree in trees():
        named |= {(file.parent, kind) for node in ast.walk(tree) if (kind := kind_named(node))}
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "clause":
                if kind := kind_named(call.args[0]):
                    direct.add(kind)
                else:
                    chosen[file.parent].append({str(keyword.arg) for keyword in call.keywords})
    unsaid = [
        f"{room}: no call with {kind}.{name}'s facts"
        for room, (kind, name) in sorted(named)
        if (kind, name) not in direct and names_of(TEMPLATES[KINDS[kind]][KINDS[kind][name]]) not in chosen[room]
    ]
    assert not unsaid


def sentences(tree: ast.AST) -> Iterator[str]:
    """String literals of three words or more that are neither docstrings nor the message of an error."""
    quiet = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr | ast.Raise)
        for part in ast.walk(node)
        if isinstance(node, ast.Raise) or isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in quiet:
            yield from [node.value] if len(WORD.findall(node.value)) >= A_SENTENCE else []


@pytest.mark.parametrize("room", WITHOUT_SENTENCES)
def test_checks_write_no_sentence(room: str) -> None:
    found = [
        (str(file), text) for file, tree in trees() if file.parts[:2] == ("checks", room) for text in sentences(tree)
    ]
    assert not found


def test_the_page_of_messages_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == page(), "run python -m tests.support.messages_page"
