"""The table of log events is that of the code."""

import ast
import re

from tests.support.events_page import MEANT, PAGE, ROOT, Call, calls, calls_of, page

LOGGED = re.compile(r"(?<!\w)_?(?:LOG|log)\.(?:debug|info|warning|error|exception|critical)\(")


def test_every_event_of_the_code_has_its_row_and_no_row_is_left_over() -> None:
    assert {call.event for call in calls()} == set(MEANT)
    text = PAGE.read_text(encoding="utf-8")
    assert text == page(text), "run python -m tests.support.events_page"


def test_no_call_that_logs_is_overlooked() -> None:
    for file in (each for room in ("alerts", "config", "monitor") for each in (ROOT / room).rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert len(LOGGED.findall(text)) <= len(list(calls_of(ast.parse(text)))), file


def test_an_event_whose_level_is_chosen_has_all_of_them_and_facts_that_are_unpacked_are_named() -> None:
    (call,) = calls_of(
        ast.parse(
            """
_LOG = get_logger(__name__)
async def send(is_bad):
    tell = _LOG.error if is_bad else _LOG.info
    if is_bad:
        tell = _LOG.debug
    tell("sent", note="", exc_info=True, **_about())
def _about():
    return {"channel": 1}
"""
        )
    )
    assert call == Call("sent", frozenset({"error", "info", "debug"}), ("note", "channel"))
